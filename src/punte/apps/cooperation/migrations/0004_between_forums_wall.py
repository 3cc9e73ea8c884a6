"""Put decisions, files, polls, feedback and released totals behind the wall."""

from django.db import migrations

from punte.apps.access.wall import EnableWall

TOPIC = "topic_id -> cooperation_topic"


class Migration(migrations.Migration):
    dependencies = [("access", "0002_wall"), ("cooperation", "0003_between_forums")]
    operations = [
        EnableWall("cooperation_decision"),
        EnableWall("cooperation_topicfile", via=TOPIC, write="viewers"),
        EnableWall("cooperation_datepoll", via=TOPIC, write="viewers"),
        EnableWall("cooperation_polldate", via="poll_id -> cooperation_datepoll", write="viewers"),
        EnableWall(
            "cooperation_pollanswer", via="date_id -> cooperation_polldate", write="viewers"
        ),
        EnableWall(
            "cooperation_cooperationfile",
            via="cooperation_id -> cooperation_cooperation",
            labelled=True,
        ),
        EnableWall("cooperation_feedback"),
        EnableWall("cooperation_outcometotals"),
    ]
