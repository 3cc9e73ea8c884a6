"""Put needs and offers behind the wall."""

from django.db import migrations

from punte.apps.access.wall import EnableWall


class Migration(migrations.Migration):
    dependencies = [("access", "0002_wall"), ("people", "0002_wall"), ("market", "0001_initial")]
    operations = [
        EnableWall("market_listing"),
        EnableWall("market_translation", via="listing_id -> market_listing"),
        EnableWall("market_budget", via="listing_id -> market_listing", labelled=True),
        EnableWall("market_revision", via="listing_id -> market_listing"),
        EnableWall("market_interest", via="listing_id -> market_listing", labelled=True),
        EnableWall("market_relay", via="listing_id -> market_listing", labelled=True),
    ]
