from typing import ClassVar

from django.db import models

from naru.security.fields import Unsealed


class Membership(models.Model):
    """From when until when an institution takes part in the pilot of the referral fee."""

    id = models.BigAutoField(primary_key=True)
    institution = models.UUIDField(db_index=True)
    first = models.DateField()
    last = models.DateField(null=True)

    class Meta:
        db_table = "hira_membership"

    def __str__(self) -> str:
        return f"{self.institution} {self.first}"


class Statement(models.Model):
    """What was said about a referral for HIRA, only ever added; the last of a kind stands.

    `kind` is `patient-consent`, `clinician-consent` or `insurance`; `value` is `yes`, `no` or the
    kind of insurance.
    """

    id = models.BigAutoField(primary_key=True)
    statement = models.UUIDField(unique=True)
    referral = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=24)
    value = models.CharField(max_length=8)
    time = models.DateTimeField()
    institution = models.UUIDField()
    person = models.UUIDField(null=True)
    role = models.CharField(max_length=32)

    class Meta:
        db_table = "hira_statement"

    def __str__(self) -> str:
        return f"{self.kind} {self.statement}"


class Handover(models.Model):
    """A referral on its way to the relay; `receipt` is what the relay calls it."""

    id = models.BigAutoField(primary_key=True)
    referral = models.UUIDField(unique=True)
    number = models.CharField(max_length=32)
    institution = models.UUIDField()
    state = models.CharField(max_length=16)
    receipt = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=64, blank=True)
    round = models.PositiveSmallIntegerField(default=0)
    changed = models.DateTimeField()

    class Meta:
        db_table = "hira_handover"
        indexes: ClassVar = [
            models.Index(fields=["institution", "changed"], name="hira_institution_changed")
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.number}"


class Claim(models.Model):
    """The proof that a referral may be billed: signed, and committed to the ledger."""

    id = models.BigAutoField(primary_key=True)
    proof = models.UUIDField(unique=True)
    referral = models.UUIDField(unique=True)
    institution = models.UUIDField()
    day = models.DateField()
    signed = Unsealed()

    class Meta:
        db_table = "hira_claim"
        indexes: ClassVar = [models.Index(fields=["institution", "day"], name="hira_claim_month")]

    def __str__(self) -> str:
        return f"{self.proof}"
