"""Who decided about a project, by the record of the person; the name stays for what is printed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funding", "0005_longer_project_names")]
    operations = [
        migrations.AddField(
            model_name="decision",
            name="by_id",
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name="by"),
        ),
    ]
