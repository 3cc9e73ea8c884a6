"""The agenda of a meeting with a firm, as the authority discloses it, behind a wall of its own."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from punte.apps.access.wall import EnableWall

# The walls of the request and of the need or offer hold inside: what hides those hides this too, on the next request.
ONLY = """EXISTS (SELECT 1 FROM meetings_meetingrequest q WHERE q.id = {t}.request_id)
  OR EXISTS (SELECT 1 FROM market_listing l WHERE l.id = {t}.listing_id)"""


class Migration(migrations.Migration):
    dependencies = [("market", "0002_wall"), ("meetings", "0015_contact_line")]
    operations = [
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "listing_id",
                    models.UUIDField(
                        db_index=True, null=True, verbose_name="need or offer it is about"
                    ),
                ),
                ("text", models.CharField(max_length=600, verbose_name="agenda")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="revision")),
                (
                    "disclosed_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="disclosed"
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="disclosure",
                        to="meetings.meetingrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "disclosed agenda",
                "verbose_name_plural": "disclosed agendas",
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        EnableWall("meetings_disclosure", labelled=False, write="system", only=ONLY),
    ]
