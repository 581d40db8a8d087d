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
    """The proof that a referral may be billed: signed, and committed to the ledger.

    Of what an institution sent of a patient on one day one paper has it; those that are older than
    this rule name neither.
    """

    id = models.BigAutoField(primary_key=True)
    proof = models.UUIDField(unique=True)
    referral = models.UUIDField(unique=True)
    institution = models.UUIDField()
    patient = models.UUIDField(null=True)
    sent_on = models.DateField(null=True)
    day = models.DateField()
    signed = Unsealed()

    class Meta:
        db_table = "hira_claim"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["institution", "patient", "sent_on"], name="hira_claim_once_a_day"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["institution", "day"], name="hira_claim_month")]

    def __str__(self) -> str:
        return f"{self.proof}"
