from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("consent", "0004_arrangements_relations_receipts")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Representing",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("mandate", models.UUIDField(unique=True)),
                ("representative", models.UUIDField(db_index=True)),
                ("patient", models.UUIDField()),
            ],
            options={"db_table": "consent_representing"},
        ),
    ]
