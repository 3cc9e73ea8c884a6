"""Put what comes after a meeting behind the wall."""

from django.db import migrations

from punte.apps.access.wall import EnableWall

COOPERATION = "cooperation_id -> cooperation_cooperation"


class Migration(migrations.Migration):
    dependencies = [("meetings", "0005_asking"), ("cooperation", "0001_initial")]
    operations = [
        EnableWall("cooperation_commitment"),
        EnableWall("cooperation_commitmentevent", via="commitment_id -> cooperation_commitment"),
        EnableWall("cooperation_cooperation"),
        EnableWall("cooperation_partner", via=COOPERATION),
        EnableWall("cooperation_stagechange", via=COOPERATION),
        EnableWall("cooperation_task", via=COOPERATION),
        EnableWall(
            "cooperation_meetingmark",
            via="request_id -> meetings_meetingrequest",
            write="viewers",
        ),
        EnableWall("cooperation_meetingnote"),
        EnableWall("cooperation_assistance"),
        EnableWall("cooperation_seat", via="assistance_id -> cooperation_assistance"),
        EnableWall("cooperation_topic"),
        EnableWall("cooperation_post", via="topic_id -> cooperation_topic", write="viewers"),
        EnableWall("cooperation_scan"),
    ]
