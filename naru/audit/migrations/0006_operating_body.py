"""The records of the operating body's own people are found as an institution's are."""

from typing import Final
from uuid import UUID

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from naru.storage import columns

OPERATING_BODY: Final = UUID(int=1)

_HEAD: Final = 400
"""Octets of a body before the end of which its role stands."""

_FOUND: Final = {
    "sqlite": "INSTR(SUBSTR(body, 1, {head}), %s) > 0",
    "postgresql": "POSITION(%s IN SUBSTR(body, 1, {head})) > 0",
}
_OTHERS: Final = ("patient", "representative", "system")


def find_them(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Say of whom a record is; its body, and so its hash, stays what it was."""
    vendor = editor.connection.vendor
    of = f"NOT ({_FOUND[vendor].format(head=_HEAD)})"
    roles = [f'"role":"{role}"'.encode() for role in _OTHERS]
    # Not by `editor.execute`, which logs its parameters.
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_record SET institution = %s WHERE institution IS NULL AND "
            + " AND ".join([of] * len(roles)),
            [*columns.keys([OPERATING_BODY]), *roles],
        )


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_starts")]

    operations = [migrations.RunPython(find_them, migrations.RunPython.noop)]
