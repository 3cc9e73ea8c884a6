"""Put tables on their way in behind the wall."""

from django.db import migrations

from punte.apps.access.wall import EnableWall


class Migration(migrations.Migration):
    dependencies = [("forum", "0002_wall"), ("meetings", "0003_import")]
    operations = [EnableWall("meetings_importdraft")]
