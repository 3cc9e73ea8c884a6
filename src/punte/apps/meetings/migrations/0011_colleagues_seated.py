"""Colleagues who come too have a seat at the meetings of timetables that were made before, as in new ones."""

from django.db import migrations

# Whoever sits elsewhere in that slot keeps the seat it has; the organisers see the clash when they solve or repair.
FORWARD = """
SELECT set_config('punte.state', 'system', true);
INSERT INTO meetings_meetingseat (id, meeting_id, version_id, slot_id, delegate_id)
  SELECT gen_random_uuid(), m.id, m.version_id, m.slot_id, d.id
  FROM meetings_meeting m
  JOIN meetings_meetingrequest r ON r.id = m.request_id
  JOIN forum_delegate d ON d.id = ANY (r.colleagues)
  ORDER BY r.code
  ON CONFLICT DO NOTHING;
SELECT set_config('punte.state', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0005_registration"),
        ("meetings", "0010_replaced_delegates"),
    ]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
