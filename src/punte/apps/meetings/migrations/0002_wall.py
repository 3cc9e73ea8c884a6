"""Put meetings behind the wall, and let the people's rows follow a meeting that moves."""

from django.db import migrations

from punte.apps.access.wall import EnableWall

VERSION = "version_id -> meetings_timetableversion"
REQUEST = "request_id -> meetings_meetingrequest"


class Migration(migrations.Migration):
    dependencies = [("forum", "0002_wall"), ("meetings", "0001_initial")]
    operations = [
        EnableWall("meetings_meetingrequest"),
        EnableWall("meetings_availability"),
        EnableWall(
            "meetings_lock",
            via=["edition_id -> forum_edition", REQUEST],
        ),
        EnableWall("meetings_timetablerules", via="edition_id -> forum_edition"),
        EnableWall("meetings_timetableversion"),
        EnableWall("meetings_meeting", via=[VERSION, REQUEST]),
        EnableWall("meetings_meetingseat", via="meeting_id -> meetings_meeting"),
        EnableWall("meetings_unmet", via=[VERSION, REQUEST]),
        EnableWall("meetings_solverun", via=VERSION),
        EnableWall("meetings_solveprogress", via="run_id -> meetings_solverun"),
        EnableWall("meetings_calendarentry", via=["edition_id -> forum_edition", REQUEST]),
        EnableWall("meetings_calendarfeed"),
        migrations.RunSQL(
            "ALTER TABLE meetings_meetingseat ADD CONSTRAINT meetings_seat_follows "
            "FOREIGN KEY (meeting_id, version_id, slot_id) "
            "REFERENCES meetings_meeting (id, version_id, slot_id) "
            "ON UPDATE CASCADE ON DELETE CASCADE",
            "ALTER TABLE meetings_meetingseat DROP CONSTRAINT meetings_seat_follows",
        ),
    ]
