from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("consent", "0002_snapshot_until")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("act", models.UUIDField(unique=True)),
                ("patient", models.UUIDField()),
                ("content", models.BinaryField()),
            ],
            options={
                "db_table": "consent_paper",
                "indexes": [models.Index(fields=["patient", "id"], name="consent_paper_patient")],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("case", models.UUIDField(unique=True)),
                ("kind", models.CharField(max_length=16)),
                ("patient", models.UUIDField()),
                ("act", models.UUIDField()),
                ("institution", models.UUIDField(null=True)),
                ("opened", models.DateTimeField()),
                ("due", models.DateTimeField()),
                ("closed", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "consent_case",
                "indexes": [models.Index(fields=["closed", "due"], name="consent_case_due")],
                "constraints": [
                    models.UniqueConstraint(fields=["kind", "act"], name="consent_case_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("time", models.DateTimeField()),
                ("content", models.BinaryField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="consent.case",
                    ),
                ),
            ],
            options={"db_table": "consent_case_entry"},
        ),
    ]
