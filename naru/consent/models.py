from typing import ClassVar

from django.db import models

from naru.security.fields import SealedField


class Act(models.Model):
    """One act of consent. Rows are only ever added; `content` is the act, sealed."""

    id = models.BigAutoField(primary_key=True)
    act = models.UUIDField(unique=True)
    patient = models.UUIDField()
    content = SealedField("consent-act", lambda row: row.act.bytes)

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
    exclusions = SealedField("consent-exclusions", lambda row: row.patient.bytes, null=True)
    until = models.DateField(null=True)
    arrangements = SealedField("consent-arrangements", lambda row: row.patient.bytes, null=True)

    class Meta:
        db_table = "consent_snapshot"
        indexes: ClassVar = [
            # Few have an end: those alone are looked through for whose is over.
            models.Index(
                fields=["until"],
                name="consent_snapshot_until",
                condition=models.Q(until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.act)


class Paper(models.Model):
    """The signed document of one act; `content` is it and its signature, sealed."""

    id = models.BigAutoField(primary_key=True)
    act = models.UUIDField(unique=True)
    patient = models.UUIDField()
    content = SealedField("consent-paper", lambda row: row.act.bytes)

    class Meta:
        db_table = "consent_paper"
        indexes: ClassVar = [models.Index(fields=["patient", "id"], name="consent_paper_patient")]

    def __str__(self) -> str:
        return str(self.act)


class Case(models.Model):
    """What people have to do because of an act, and by when."""

    id = models.BigAutoField(primary_key=True)
    case = models.UUIDField(unique=True)
    kind = models.CharField(max_length=16)
    patient = models.UUIDField()
    act = models.UUIDField()
    institution = models.UUIDField(null=True)
    opened = models.DateTimeField()
    due = models.DateTimeField()
    closed = models.DateTimeField(null=True)

    class Meta:
        db_table = "consent_case"
        indexes: ClassVar = [models.Index(fields=["closed", "due"], name="consent_case_due")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "act"], name="consent_case_once")
        ]

    def __str__(self) -> str:
        return str(self.case)


class CaseEntry(models.Model):
    """One line of a case's history, only ever added; `content` is who did what, sealed."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    time = models.DateTimeField()
    content = SealedField("consent-case", lambda row: row.case.case.bytes)

    class Meta:
        db_table = "consent_case_entry"

    def __str__(self) -> str:
        return f"{self.case_id} {self.time}"


class Relation(models.Model):
    """That an institution treats a patient; read in one statement with the snapshot.

    A plain table, since visits come and go by the thousand and nobody consents to them one by one.
    """

    id = models.BigAutoField(primary_key=True)
    patient = models.UUIDField()
    institution = models.UUIDField()
    kind = models.CharField(max_length=16)
    reference = models.CharField(max_length=256)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "consent_relation"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "institution", "kind", "reference"],
                name="consent_relation_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Receipt(models.Model):
    """That an institution opened a document while it might: from then on it has received it."""

    id = models.BigAutoField(primary_key=True)
    patient = models.UUIDField()
    document = models.CharField(max_length=256)
    institution = models.UUIDField()
    time = models.DateTimeField()

    class Meta:
        db_table = "consent_receipt"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "document", "institution"], name="consent_receipt_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Representing(models.Model):
    """For which patient somebody was named: where to look; whether it stands, the snapshot says."""

    id = models.BigAutoField(primary_key=True)
    mandate = models.UUIDField(unique=True)
    representative = models.UUIDField(db_index=True)
    patient = models.UUIDField()

    class Meta:
        db_table = "consent_representing"

    def __str__(self) -> str:
        return str(self.mandate)
