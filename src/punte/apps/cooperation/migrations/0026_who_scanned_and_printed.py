"""Who scanned, and who had a one-off code printed, by the record of the person; the name stays for what is printed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cooperation", "0025_functions_by_press_rule")]
    operations = [
        migrations.AddField(
            model_name=name,
            name="by_id",
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name="by"),
        )
        for name in ("scan", "hallcode")
    ]
