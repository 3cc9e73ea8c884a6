"""Close the offers of assistance whose answers were taken back before that closed them."""

from django.db import migrations

CLOSE = """
WITH closed AS (
  SELECT a.offer_id, 'org:' || r.owner_org_id AS asker
  FROM cooperation_assistanceanswer a JOIN cooperation_assistance r ON r.id = a.request_id
  GROUP BY a.offer_id, r.owner_org_id HAVING bool_and(a.state = 'back'))
UPDATE cooperation_assistance o SET label_releasable_to = ARRAY(
  SELECT held FROM unnest(o.label_releasable_to) WITH ORDINALITY AS u(held, n)
  WHERE NOT EXISTS (SELECT FROM closed c WHERE c.offer_id = o.id AND c.asker = held) ORDER BY n)
WHERE EXISTS (SELECT FROM closed c WHERE c.offer_id = o.id AND c.asker = ANY (o.label_releasable_to));
"""
FILL = f"""
SELECT set_config('punte.state', 'system', true);
{CLOSE}
SELECT set_config('punte.state', '', true);
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("cooperation", "0019_promiser")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
