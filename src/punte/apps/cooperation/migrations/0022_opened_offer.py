"""An answer to a request for assistance notes whether it let whoever asks read the offer."""

from django.db import migrations, models

# What was answered before is not known: taken back, it closes the offer, as it was said to.
FILL = """
SELECT set_config('punte.state', 'system', true);
UPDATE cooperation_assistanceanswer SET opened_offer = true WHERE state <> 'back';
SELECT set_config('punte.state', '', true);
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("cooperation", "0021_taken_back")]
    operations = [
        migrations.AddField(
            model_name="assistanceanswer",
            name="opened_offer",
            field=models.BooleanField(
                default=False, verbose_name="let whoever asks read the offer"
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
