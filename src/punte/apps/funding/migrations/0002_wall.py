"""Put funding behind the wall."""

from django.db import migrations

from punte.apps.access.wall import EnableWall


class Migration(migrations.Migration):
    dependencies = [("access", "0002_wall"), ("funding", "0001_initial")]
    operations = [
        EnableWall("funding_eligibilitycase"),
        EnableWall("funding_loanplan"),
        EnableWall("funding_loanplanrevision", via="plan_id -> funding_loanplan"),
        EnableWall("funding_allocation"),
        EnableWall("funding_decision", via="allocation_id -> funding_allocation"),
    ]
