"""Whoever may write a row is asked by the rule of today: functions made before it asked the one that access.0007 ended."""

from django.db import migrations

# Policies were altered then; these functions hold the same condition as text, and only an upgraded site has the old one.
FORWARD = """
DO $$
DECLARE
  found record;
  before text := 'label_releasable_to && (SELECT wall_array(''groups''))';
  after text := 'label_releasable_to && (SELECT wall_released_to())';
BEGIN
  FOR found IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = current_schema() AND starts_with(p.proname, 'wall_writes_') AND position(before IN p.prosrc) > 0
  LOOP
    EXECUTE replace(pg_get_functiondef(found.oid), before, after);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cooperation", "0023_gifts"),
        ("access", "0007_press_by_nationality"),
        ("forum", "0006_files_and_press"),
        ("funding", "0002_wall"),
        ("market", "0002_wall"),
        ("meetings", "0002_wall"),
        ("programmes", "0003_promises"),
    ]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
