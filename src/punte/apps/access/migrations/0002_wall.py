"""The functions through which the policies read the subject."""

from django.db import migrations

from punte.apps.access.wall import DROP_FUNCTIONS, FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS)]
