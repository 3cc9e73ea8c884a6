"""Ids of activities up to the length that a plan may give them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0003_promises")]

    operations = [
        migrations.AlterField(
            model_name="milestone",
            name="activity",
            field=models.CharField(blank=True, max_length=200, verbose_name="activity of the plan"),
        ),
    ]
