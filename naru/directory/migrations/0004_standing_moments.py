from datetime import UTC, datetime, time

from django.apps.registry import Apps
from django.db import migrations, models

from naru.domain.korea import KST


def begin(apps: Apps, _schema_editor: object) -> None:
    """A day began at its midnight in Korea."""
    for row in apps.get_model("directory", "Standing").objects.all():
        day = row.day  # type: ignore[attr-defined]  # The table as it is at this migration.
        row.since = datetime.combine(day, time.min, KST).astimezone(UTC)
        row.save(update_fields=["since"])


class Migration(migrations.Migration):
    """A standing begins at a moment: access under an agreement that ends, ends at that second."""

    dependencies = [
        ('directory', '0003_signer_kinds'),
    ]

    operations = [
        migrations.RenameField(model_name='standing', old_name='since', new_name='day'),
        migrations.AddField(
            model_name='standing', name='since', field=models.DateTimeField(null=True)
        ),
        migrations.RunPython(begin),
        migrations.AlterField(
            model_name='standing', name='since', field=models.DateTimeField()
        ),
        migrations.RemoveField(model_name='standing', name='day'),
    ]
