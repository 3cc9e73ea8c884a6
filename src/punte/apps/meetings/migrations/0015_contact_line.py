"""The contact line that a delegate releases to those whom they meet, behind a wall of its own."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from punte.apps.access.wall import EnableWall

# The accepted requests in which the reader takes part in person; their colleagues' are none of theirs.
MINE = """FROM meetings_meetingrequest q
    JOIN forum_delegate me ON me.edition_id = q.edition_id
      AND me.person_id = (SELECT wall_setting('person'))::uuid
      AND me.left_at IS NULL
    WHERE q.state = 'accepted' AND (q.sender_id = me.id OR q.receiver_id = me.id 
      OR q.has_colleagues AND me.id = ANY (q.colleagues))"""

# Neither part looks at the row, so each is read once for a query.
ONLY = f"""{{t}}.delegate_id IN (SELECT d.id FROM forum_delegate d WHERE d.person_id = (SELECT wall_setting('person'))::uuid)
  OR ({{t}}.delegate_id IN (SELECT unnest(ARRAY[q.sender_id, q.receiver_id] || q.colleagues) {MINE})
    AND ({{t}}.to_all OR {{t}}.released_in && ARRAY(SELECT q.id {MINE})))"""


class Migration(migrations.Migration):
    dependencies = [("forum", "0002_wall"), ("meetings", "0014_come_along")]
    operations = [
        migrations.CreateModel(
            name="ContactLine",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=160, verbose_name="name")),
                ("function", models.CharField(blank=True, max_length=160, verbose_name="function")),
                ("organisation", models.CharField(blank=True, max_length=200, verbose_name="organisation")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                ("to_all", models.BooleanField(default=False, verbose_name="released to everybody they meet")),
                (
                    "released_in",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None,
                        verbose_name="meetings it is released in",
                    ),
                ),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="changed")),
                (
                    "delegate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contact_line", to="forum.delegate",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact line",
                "verbose_name_plural": "contact lines",
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        EnableWall("meetings_contactline", via="delegate_id -> forum_delegate", write="system", only=ONLY),
    ]
