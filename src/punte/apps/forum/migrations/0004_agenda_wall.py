"""Put drafts and the change log of the agenda behind the wall."""

from django.db import migrations

from punte.apps.access.wall import EnableWall


class Migration(migrations.Migration):
    dependencies = [("forum", "0003_agenda")]
    operations = [
        EnableWall("forum_sessiondraft", via="session_id -> forum_session", labelled=True),
        EnableWall("forum_agendarelease", via="edition_id -> forum_edition"),
        EnableWall(
            "forum_agendachange", via="release_id -> forum_agendarelease", labelled=True
        ),
    ]
