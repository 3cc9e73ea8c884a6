"""Put the register behind the wall."""

from django.db import migrations

from punte.apps.access.wall import EnableWall


class Migration(migrations.Migration):
    dependencies = [("access", "0002_wall"), ("people", "0001_initial")]
    operations = [
        EnableWall("people_organisation", write="system"),
        EnableWall("people_person", write="system"),
        EnableWall("people_membership", via="person_id -> people_person", write="system"),
        EnableWall("people_grant", via="person_id -> people_person", write="system"),
        EnableWall("people_delegation", write="system"),
        EnableWall(
            "people_nomination",
            via="delegation_id -> people_delegation",
            labelled=True,
            write="system",
        ),
    ]
