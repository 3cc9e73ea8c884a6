"""Who changed a promised date, by the record of the person; the name stays for what is printed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0004_activity_ids")]
    operations = [
        migrations.AddField(
            model_name="promisechange",
            name="by_id",
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name="by"),
        ),
    ]
