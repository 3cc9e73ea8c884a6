"""The table behind the cache that all processes of a site share: attempts to sign in, used one-time codes."""

from django.db import migrations

FORWARD = """
CREATE TABLE access_cache (
  cache_key varchar(255) NOT NULL PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX access_cache_expires ON access_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0005_why_withdrawn")]
    operations = [migrations.RunSQL(FORWARD, "DROP TABLE access_cache;")]
