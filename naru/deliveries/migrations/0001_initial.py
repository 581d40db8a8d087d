from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = []

    operations: ClassVar = [
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('share', models.UUIDField(unique=True)),
                ('patient', models.UUIDField()),
                ('once', models.UUIDField()),
                ('address', models.BinaryField(max_length=32, unique=True)),
                ('code', models.BinaryField(max_length=32, unique=True)),
                ('at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('most', models.PositiveSmallIntegerField()),
                ('opens', models.PositiveSmallIntegerField(default=0)),
                ('wrong', models.PositiveSmallIntegerField(default=0)),
                ('revoked', models.DateTimeField(null=True)),
                ('content', models.BinaryField()),
            ],
            options={
                'db_table': 'deliveries_share',
                'constraints': [models.UniqueConstraint(fields=('patient', 'once'), name='deliveries_share_once')],
            },
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('opening', models.UUIDField(unique=True)),
                ('at', models.DateTimeField()),
                ('ticket', models.BinaryField(max_length=32, null=True, unique=True)),
                ('content', models.BinaryField()),
                ('share', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openings', to='deliveries.share')),
            ],
            options={
                'db_table': 'deliveries_opening',
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('submission', models.UUIDField(unique=True)),
                ('number', models.CharField(max_length=16, unique=True)),
                ('patient', models.UUIDField()),
                ('agency', models.UUIDField()),
                ('delivery', models.UUIDField(null=True, unique=True)),
                ('once', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('recalled', models.DateTimeField(null=True)),
                ('content', models.BinaryField()),
            ],
            options={
                'db_table': 'deliveries_submission',
                'indexes': [models.Index(fields=['agency', '-id'], name='deliveries_submission_inbox')],
                'constraints': [models.UniqueConstraint(fields=('patient', 'once'), name='deliveries_submission_once')],
            },
        ),
    ]
