from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations, models

from naru.accounts import sealed


def seal(apps: Apps, _schema_editor: object) -> None:
    """A name that stood in plain text is sealed, bound to its passkey."""
    for row in apps.get_model("accounts", "Passkey").objects.all():
        row.sealed = sealed.seal_text(row.name, "passkey", row.public_id)  # type: ignore[attr-defined]  # The table as it is at this migration.
        row.save(update_fields=["sealed"])


class Migration(migrations.Migration):
    """The name that somebody gives a passkey is free text: it may name anybody."""

    dependencies: ClassVar = [("accounts", "0003_introduction")]

    operations: ClassVar = [
        migrations.AddField("passkey", "sealed", models.BinaryField(null=True)),
        migrations.RunPython(seal),
        migrations.AlterField("passkey", "sealed", models.BinaryField()),
        migrations.RemoveField("passkey", "name"),
    ]
