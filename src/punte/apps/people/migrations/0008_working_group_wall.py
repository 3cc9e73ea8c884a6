"""Put working groups behind the wall; who is in one is written by actions that checked the right."""

from django.db import migrations

from punte.apps.access.wall import EnableWall


class Migration(migrations.Migration):
    dependencies = [("access", "0002_wall"), ("people", "0007_working_groups")]
    operations = [
        EnableWall("people_workinggroup"),
        EnableWall(
            "people_groupmember",
            via="group_id -> people_workinggroup",
            labelled=True,
            write="system",
        ),
    ]
