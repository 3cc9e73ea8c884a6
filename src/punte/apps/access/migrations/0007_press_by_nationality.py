"""What is released to countries and their statuses reaches neither the press nor desk helpers: every policy asks the new rule."""

from django.db import migrations

from punte.apps.access.wall import RELEASED_TO, VISIBLE

GROUPS = VISIBLE.format(t="people_workinggroup").replace("wall_released_to()", "wall_array('groups')")
TAKES_PRESS = f"""
CREATE POLICY wall_read_press ON people_workinggroup FOR SELECT
  USING (takes_press AND 'press' = ANY ((SELECT wall_array('roles'))::text[]) AND {GROUPS});
"""

FORWARD = (
    RELEASED_TO.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
    + r"""
DO $$
DECLARE
  found record;
  before text := 'label_releasable_to && \( SELECT wall_array\(''groups''::text\) AS wall_array\)';
  after text := 'label_releasable_to && ( SELECT wall_released_to())';
BEGIN
  FOR found IN SELECT * FROM pg_policies
    WHERE schemaname = current_schema() AND (qual ~ before OR with_check ~ before)
  LOOP
    EXECUTE format('ALTER POLICY %I ON %I', found.policyname, found.tablename)
      || coalesce(' USING (' || regexp_replace(found.qual, before, after, 'g') || ')', '')
      || coalesce(' WITH CHECK (' || regexp_replace(found.with_check, before, after, 'g') || ')', '');
  END LOOP;
  IF EXISTS (SELECT 1 FROM pg_policies WHERE schemaname = current_schema()
      AND coalesce(qual, '') || coalesce(with_check, '') ~ 'label_releasable_to && \( SELECT wall_array') THEN
    RAISE EXCEPTION 'A policy still releases rows by the old rule.';
  END IF;
END $$;
"""
)
BACKWARD = r"""
DO $$
DECLARE
  found record;
  after text := '( SELECT wall_array(''groups''::text))';
  before text := '\( SELECT wall_released_to\(\) AS wall_released_to\)';
BEGIN
  FOR found IN SELECT * FROM pg_policies
    WHERE schemaname = current_schema() AND (qual ~ before OR with_check ~ before)
  LOOP
    EXECUTE format('ALTER POLICY %I ON %I', found.policyname, found.tablename)
      || coalesce(' USING (' || regexp_replace(found.qual, before, after, 'g') || ')', '')
      || coalesce(' WITH CHECK (' || regexp_replace(found.with_check, before, after, 'g') || ')', '');
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0006_shared_cache"), ("people", "0015_group_takes_press")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        # A group that says it takes the press is there to be found by those of it who have its status.
        migrations.RunSQL(TAKES_PRESS, "DROP POLICY wall_read_press ON people_workinggroup;"),
    ]
