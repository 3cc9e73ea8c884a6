"""The names of the stages of clearance in the other languages of an edition."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0018_mail_said'),
    ]

    operations = [
        migrations.CreateModel(
            name='StageWording',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('original', models.JSONField(blank=True, default=dict, verbose_name='what it was made from')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('stage', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wordings', to='people.clearancestage')),
            ],
            options={
                'verbose_name': 'name of a stage of clearance',
                'verbose_name_plural': 'names of stages of clearance',
                'ordering': ['language'],
                'constraints': [models.UniqueConstraint(fields=('stage', 'language'), name='people_stagewording_once')],
            },
        ),
    ]
