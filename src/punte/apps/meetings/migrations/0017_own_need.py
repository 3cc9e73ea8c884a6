"""A disclosed agenda is read beside the authority's own need alone: beside a firm's offer it would say which firm is met."""

import django.db.models.deletion
from django.db import migrations, models

from punte.apps.access.wall import EnableWall

# The walls of the request and of the need hold inside: what hides those hides this too, on the next request.
ONLY = """EXISTS (SELECT 1 FROM meetings_meetingrequest q WHERE q.id = {t}.request_id)
  OR EXISTS (SELECT 1 FROM market_listing l WHERE l.id = {t}.listing_id AND l.owner_org_id = {t}.authority_id)"""
TABLE = "meetings_disclosure"
FILL = """
SELECT set_config('punte.state', 'system', true);
UPDATE meetings_disclosure m SET authority_id = o.id
  FROM meetings_meetingrequest q
  JOIN forum_delegate d ON d.id IN (q.sender_id, q.receiver_id)
  JOIN people_organisation o ON o.id = d.organisation_id
  WHERE q.id = m.request_id AND o.kind = 'authority';
SELECT set_config('punte.state', '', true);
SET CONSTRAINTS ALL IMMEDIATE;
"""
WALL = EnableWall(TABLE, labelled=False, write="system", only=ONLY)
BEFORE = EnableWall(
    TABLE,
    labelled=False,
    write="system",
    only="""EXISTS (SELECT 1 FROM meetings_meetingrequest q WHERE q.id = {t}.request_id)
  OR EXISTS (SELECT 1 FROM market_listing l WHERE l.id = {t}.listing_id)""",
)


def _reading(wall: EnableWall) -> str:
    return f"ALTER POLICY wall_read ON {TABLE} USING ({wall.read_rule(TABLE)})"


class Migration(migrations.Migration):
    dependencies = [
        ("market", "0002_wall"),
        ("meetings", "0016_disclosure"),
        ("people", "0015_group_takes_press"),
    ]
    operations = [
        migrations.AddField(
            model_name="disclosure",
            name="authority",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.organisation",
                verbose_name="authority that discloses it",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(_reading(WALL), _reading(BEFORE)),
    ]
