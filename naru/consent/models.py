from typing import ClassVar

from django.db import models


class Act(models.Model):
    """One act of consent. Rows are only ever added; `content` is the act, sealed."""

    id = models.BigAutoField(primary_key=True)
    act = models.UUIDField(unique=True)
    patient = models.UUIDField()
    content = models.BinaryField()

    class Meta:
        db_table = "consent_act"
        indexes: ClassVar = [models.Index(fields=["patient", "id"], name="consent_act_patient")]

    def __str__(self) -> str:
        return str(self.act)


class Snapshot(models.Model):
    """What stands for one patient; the one row that a decision reads.

    `act` is null only inside the transaction of the patient's first act.
    """

    patient = models.UUIDField(primary_key=True)
    act = models.UUIDField(null=True)
    consented = models.BooleanField(default=False)
    from_date = models.DateField(null=True)
    withdrawn = models.DateTimeField(null=True)
    exclusions = models.BinaryField(null=True)
    until = models.DateField(null=True)

    class Meta:
        db_table = "consent_snapshot"

    def __str__(self) -> str:
        return str(self.act)
