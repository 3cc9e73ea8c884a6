"""What was released to the delegates of a forum before is for those who do business there, too."""

from django.db import migrations

FORWARD = """
SELECT set_config('punte.state', 'system', true);
UPDATE market_listing SET label_audience = ARRAY['authority', 'union', 'company', 'association', 'research',
  'organise', 'vet', 'focal', 'programme', 'finance', 'audit']
  WHERE state = 'published' AND label_audience = ARRAY['ANY'] AND NOT 'PUBLIC' = ANY (label_releasable_to);
SELECT set_config('punte.state', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("market", "0008_read_texts")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
