"""All that an organiser names has wordings, and each of them says what it was made from."""

import django.db.models.deletion
import uuid
from django.db import migrations, models

from punte.apps.access.wall import EnableWall

# What was worded before is taken as made from what stands: only a change after this is known.
TABLES = (
    ("categorywording", "category", "attendeecategory", ("name",)),
    ("editionwording", "edition", "edition", ("name", "theme")),
    ("placewording", "place", "place", ("name",)),
    ("questionwording", "question", "question", ("label", "options")),
    ("releasewording", "release", "release", ("title", "text")),
    ("sessionwording", "session", "session", ("title", "subtitle", "about")),
    ("sessiondraftwording", "draft", "sessiondraft", ("title", "subtitle", "about")),
)
FILL = "SELECT set_config('punte.state', 'system', true);\n"
for table, link, of, fields in TABLES:
    said = ", ".join(f"'{name}', p.{name}" for name in fields)
    FILL += (
        f"UPDATE forum_{table} w SET original = jsonb_build_object({said}) "  # noqa: S608  (names of the project's own)
        f"FROM forum_{of} p WHERE p.id = w.{link}_id;\n"
    )
FILL += "SELECT set_config('punte.state', '', true);\nSET CONSTRAINTS ALL IMMEDIATE;\n"


class Migration(migrations.Migration):

    dependencies = [
        ('forum', '0019_wordings_of_places'),
    ]

    operations = [
        migrations.AddField(
            model_name='agendachange',
            name='words',
            field=models.JSONField(blank=True, default=dict, verbose_name='in other languages'),
        ),
        migrations.AddField(
            model_name='categorywording',
            name='original',
            field=models.JSONField(blank=True, default=dict, verbose_name='what it was made from'),
        ),
        migrations.AddField(
            model_name='editionwording',
            name='city',
            field=models.CharField(blank=True, max_length=80, verbose_name='city'),
        ),
        migrations.AddField(
            model_name='editionwording',
            name='forum',
            field=models.CharField(blank=True, max_length=160, verbose_name='forum'),
        ),
        migrations.AddField(
            model_name='editionwording',
            name='original',
            field=models.JSONField(blank=True, default=dict, verbose_name='what it was made from'),
        ),
        migrations.AddField(
            model_name='editionwording',
            name='venue',
            field=models.CharField(blank=True, max_length=160, verbose_name='venue'),
        ),
        migrations.AddField(
            model_name='placewording',
            name='original',
            field=models.JSONField(blank=True, default=dict, verbose_name='what it was made from'),
        ),
        migrations.AddField(
            model_name='questionwording',
            name='original',
            field=models.JSONField(blank=True, default=dict, verbose_name='what it was made from'),
        ),
        migrations.AddField(
            model_name='releasewording',
            name='original',
            field=models.JSONField(blank=True, default=dict, verbose_name='what it was made from'),
        ),
        migrations.AddField(
            model_name='sessiondraftwording',
            name='original',
            field=models.JSONField(blank=True, default=dict, verbose_name='what it was made from'),
        ),
        migrations.AddField(
            model_name='sessiondraftwording',
            name='track',
            field=models.CharField(blank=True, max_length=80, verbose_name='track'),
        ),
        migrations.AddField(
            model_name='sessionwording',
            name='original',
            field=models.JSONField(blank=True, default=dict, verbose_name='what it was made from'),
        ),
        migrations.AddField(
            model_name='sessionwording',
            name='track',
            field=models.CharField(blank=True, max_length=80, verbose_name='track'),
        ),
        migrations.CreateModel(
            name='AgendaNoteWording',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('original', models.JSONField(blank=True, default=dict, verbose_name='what it was made from')),
                ('note', models.CharField(max_length=400, verbose_name='note')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wordings', to='forum.agendarelease')),
            ],
            options={
                'verbose_name': 'wording of a note of the agenda',
                'verbose_name_plural': 'wordings of notes of the agenda',
                'ordering': ['language'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('release', 'language'), name='forum_agendanotewording_once')],
            },
        ),
        migrations.CreateModel(
            name='FloorWording',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('original', models.JSONField(blank=True, default=dict, verbose_name='what it was made from')),
                ('floor', models.CharField(max_length=80, verbose_name='floor')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wordings', to='forum.floorplan')),
            ],
            options={
                'verbose_name': 'name of a floor',
                'verbose_name_plural': 'names of floors',
                'ordering': ['language'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('plan', 'language'), name='forum_floorwording_once')],
            },
        ),
        migrations.CreateModel(
            name='HostWording',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('original', models.JSONField(blank=True, default=dict, verbose_name='what it was made from')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wordings', to='forum.hostrole')),
            ],
            options={
                'verbose_name': 'name of a host',
                'verbose_name_plural': 'names of hosts',
                'ordering': ['language'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('host', 'language'), name='forum_hostwording_once')],
            },
        ),
        migrations.CreateModel(
            name='RuleWording',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('original', models.JSONField(blank=True, default=dict, verbose_name='what it was made from')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wordings', to='forum.meetingrule')),
            ],
            options={
                'verbose_name': 'wording of a meeting rule',
                'verbose_name_plural': 'wordings of meeting rules',
                'ordering': ['language'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('rule', 'language'), name='forum_rulewording_once')],
            },
        ),
        EnableWall("forum_agendanotewording", via="release_id -> forum_agendarelease"),
        EnableWall("forum_floorwording", via="plan_id -> forum_floorplan"),
        EnableWall("forum_hostwording", via="host_id -> forum_hostrole"),
        EnableWall("forum_rulewording", via="rule_id -> forum_meetingrule"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
