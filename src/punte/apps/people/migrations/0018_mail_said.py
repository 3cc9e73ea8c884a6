"""What a mail said of news that can change again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0015_group_takes_press")]
    operations = [
        migrations.AddField(
            model_name="mail",
            name="said",
            field=models.JSONField(blank=True, default=dict, verbose_name="said"),
        )
    ]
