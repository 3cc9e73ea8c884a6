"""The audit log: who may read it, that nobody changes it, and the chain that is written at commit."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION wall_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT wall_setting('person')::uuid $$;
ALTER TABLE access_auditentry ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_auditentry FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_read ON access_auditentry FOR SELECT USING (
  (SELECT wall_is_system()) OR ((SELECT wall_is_open()) AND (
    (SELECT wall_array('groups')) && ARRAY['audit@*', 'organise@*']
    OR ARRAY['audit@' || edition_id, 'organise@' || edition_id] && (SELECT wall_array('groups')))));
CREATE POLICY audit_insert ON access_auditentry FOR INSERT WITH CHECK (
  (SELECT wall_setting('state')) IS NOT NULL
  AND ((SELECT wall_is_system()) OR (system = '' AND person_id IS NOT DISTINCT FROM (SELECT wall_person()))));

ALTER TABLE access_auditlink ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_auditlink FORCE ROW LEVEL SECURITY;
CREATE POLICY link_read ON access_auditlink FOR SELECT USING (true);
CREATE POLICY link_insert ON access_auditlink FOR INSERT WITH CHECK (
  pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = 'access_auditlink'::regclass), 'MEMBER'));

CREATE FUNCTION access_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE last_number bigint; last_hash text;
BEGIN
  PERFORM pg_advisory_xact_lock(7268001);
  SELECT number, hash INTO last_number, last_hash FROM access_auditlink ORDER BY number DESC LIMIT 1;
  INSERT INTO access_auditlink (number, entry_id, hash) VALUES (
    coalesce(last_number, 0) + 1, NEW.id,
    encode(sha256(convert_to(concat_ws(E'\\x1f', coalesce(last_hash, ''), coalesce(last_number, 0) + 1, NEW.id,
      to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), coalesce(NEW.person_id::text, ''),
      coalesce(NEW.behalf_of_id::text, ''), NEW.system, NEW.verb, NEW.about_table, NEW.about_id,
      coalesce(NEW.edition_id::text, ''), NEW.detail::text), 'UTF8')), 'hex'));
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION access_chain() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER audit_chain AFTER INSERT ON access_auditentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION access_chain();

CREATE FUNCTION access_audit_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'The audit log is append-only: % is refused.', TG_OP; END $$;
CREATE TRIGGER audit_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON access_auditentry
  FOR EACH STATEMENT EXECUTE FUNCTION access_audit_stands();
CREATE TRIGGER audit_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON access_auditlink
  FOR EACH STATEMENT EXECUTE FUNCTION access_audit_stands();
DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'punte_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON access_auditentry FROM punte_app;
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON access_auditlink FROM punte_app;
  END IF;
END $$;
"""

BACKWARD = """
DROP TRIGGER audit_stands ON access_auditlink;
DROP TRIGGER audit_stands ON access_auditentry;
DROP FUNCTION access_audit_stands();
DROP TRIGGER audit_chain ON access_auditentry;
DROP FUNCTION access_chain();
DROP POLICY link_insert ON access_auditlink;
DROP POLICY link_read ON access_auditlink;
ALTER TABLE access_auditlink NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_auditlink DISABLE ROW LEVEL SECURITY;
DROP POLICY audit_insert ON access_auditentry;
DROP POLICY audit_read ON access_auditentry;
ALTER TABLE access_auditentry NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_auditentry DISABLE ROW LEVEL SECURITY;
DROP FUNCTION wall_person();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_audit")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
