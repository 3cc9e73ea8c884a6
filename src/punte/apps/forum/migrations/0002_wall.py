"""Put editions and what hangs from them behind the wall."""

from django.db import migrations

from punte.apps.access.wall import EnableWall


class Migration(migrations.Migration):
    dependencies = [("access", "0002_wall"), ("people", "0002_wall"), ("forum", "0001_initial")]
    operations = [
        EnableWall("forum_edition"),
        EnableWall("forum_hostrole", via="edition_id -> forum_edition"),
        EnableWall("forum_fact", via="edition_id -> forum_edition"),
        EnableWall("forum_phase", via="edition_id -> forum_edition"),
        EnableWall("forum_slot", via="edition_id -> forum_edition"),
        EnableWall("forum_place", via="edition_id -> forum_edition"),
        EnableWall("forum_closure", via="place_id -> forum_place"),
        EnableWall("forum_attendeecategory", via="edition_id -> forum_edition"),
        EnableWall("forum_meetingrule", via="edition_id -> forum_edition"),
        EnableWall("forum_delegate"),
        EnableWall("forum_session"),
        EnableWall(
            "forum_sessionpart",
            via=["session_id -> forum_session", "delegate_id -> forum_delegate"],
        ),
    ]
