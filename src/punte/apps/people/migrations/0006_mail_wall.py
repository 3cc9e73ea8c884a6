"""Put the outbox behind the wall."""

from django.db import migrations

from punte.apps.access.wall import EnableWall


class Migration(migrations.Migration):
    dependencies = [("access", "0002_wall"), ("people", "0005_mail")]
    operations = [
        EnableWall("people_mail", write="system"),
        EnableWall("people_mailwording", write="system"),
        EnableWall("people_mailrule", write="system"),
        EnableWall("people_mailoptout", via="person_id -> people_person", write="system"),
    ]
