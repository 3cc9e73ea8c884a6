"""Marks of what changed, and pages that are kept ready while nothing does. The triggers are hung after every migration."""

from django.db import migrations

from punte.apps.access.change_marks import BACKWARD, FORWARD


class Migration(migrations.Migration):
    dependencies = [("access", "0007_press_by_nationality")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
