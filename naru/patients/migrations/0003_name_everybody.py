"""Every act names the persons of whom it speaks; what else a merge ended is folded from it now.

By itself, since PostgreSQL alters no table whose rows were changed in the same transaction.
"""

from uuid import uuid4

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def name_everybody(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    joining = apps.get_model("patients", "Joining")
    joining.objects.exclude(cause=None).delete()
    for row in joining.objects.select_related("survivor__patient", "subsumed__patient"):
        row.key = uuid4()
        row.act = "merged"
        row.patient = row.subsumed.patient.key
        row.into = row.survivor.patient.key
        row.save()


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0002_joining'),
    ]

    operations = [
        migrations.RunPython(name_everybody, migrations.RunPython.noop),
    ]
