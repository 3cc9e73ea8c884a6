"""Put programmes behind the wall."""

from django.db import migrations

from punte.apps.access.wall import EnableWall

PROGRAMME = "programme_id -> programmes_programme"


class Migration(migrations.Migration):
    dependencies = [("access", "0002_wall"), ("programmes", "0001_initial")]
    operations = [
        EnableWall("programmes_programme"),
        EnableWall("programmes_milestone", via=PROGRAMME),
        EnableWall("programmes_remark", via=PROGRAMME),
        EnableWall("programmes_planversion", via=PROGRAMME),
        EnableWall(
            "programmes_milestonewait",
            via=[
                "from_milestone_id -> programmes_milestone",
                "to_milestone_id -> programmes_milestone",
            ],
        ),
    ]
