from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("consent", "0005_representing")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="snapshot",
            index=models.Index(
                fields=["until"],
                name="consent_snapshot_until",
                condition=models.Q(until__isnull=False),
            ),
        ),
    ]
