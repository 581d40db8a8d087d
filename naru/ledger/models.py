from typing import ClassVar

from django.db import models

from naru.security.fields import SealedField, Unsealed


class Commitment(models.Model):
    """The key behind one operation's MAC. Destroying `sealed_key` is erasure."""

    id = models.BigAutoField(primary_key=True)
    operation = models.UUIDField(unique=True)
    contract = models.CharField(max_length=32)
    act = models.CharField(max_length=32)
    subject = models.UUIDField()
    record = models.UUIDField()
    sealed_key = SealedField("ledger", lambda row: row.operation.bytes)
    mac = Unsealed(max_length=32)

    class Meta:
        db_table = "ledger_commitment"
        indexes: ClassVar = [
            models.Index(fields=["subject", "id"], name="ledger_commitment_subject")
        ]

    def __str__(self) -> str:
        return str(self.operation)


class Ordered(models.Model):
    """One operation in the order kept by the `ordered` engine."""

    position = models.BigIntegerField(primary_key=True)
    operation = models.UUIDField(unique=True)
    content = Unsealed()

    class Meta:
        db_table = "ledger_ordered"

    def __str__(self) -> str:
        return str(self.position)


class OrderedHead(models.Model):
    """The last position; the one row that whoever appends must hold."""

    id = models.SmallIntegerField(primary_key=True)
    position = models.BigIntegerField()

    class Meta:
        db_table = "ledger_ordered_head"

    def __str__(self) -> str:
        return str(self.position)
