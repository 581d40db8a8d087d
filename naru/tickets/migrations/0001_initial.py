from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = []

    operations: ClassVar = [
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('ticket', models.UUIDField(unique=True)),
                ('number', models.CharField(max_length=16, unique=True)),
                ('kind', models.CharField(max_length=16)),
                ('patient', models.UUIDField(db_index=True, null=True)),
                ('institution', models.UUIDField(null=True)),
                ('role', models.CharField(max_length=32)),
                ('once', models.UUIDField(unique=True)),
                ('opened', models.DateTimeField()),
                ('closed', models.DateTimeField(null=True)),
                ('content', models.BinaryField()),
            ],
            options={
                'db_table': 'tickets_ticket',
                'indexes': [models.Index(fields=['institution', 'role', '-id'], name='tickets_ticket_office')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('content', models.BinaryField()),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='tickets.ticket')),
            ],
            options={
                'db_table': 'tickets_entry',
            },
        ),
    ]
