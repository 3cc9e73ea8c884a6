"""Put vetting, invitations, consents and merges behind the wall."""

from django.db import migrations

from punte.apps.access.wall import EnableWall


class Migration(migrations.Migration):
    dependencies = [("people", "0003_vetting")]
    operations = [
        EnableWall("people_clearance", via="nomination_id -> people_nomination", write="system"),
        EnableWall("people_watchentry"),
        EnableWall("people_invitation", write="system"),
        EnableWall("people_consent", via="person_id -> people_person", write="system"),
        EnableWall("people_merge", write="system"),
    ]
