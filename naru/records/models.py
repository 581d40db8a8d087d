"""The records' tables. Private to this room.

Every version of every record is one row that is never changed but for `until`, so that a search can
be answered as of any moment. What a record says stands in `sealed` only; the terms by which it is
found are keyed tokens.
"""

from typing import ClassVar

from django.db import models

from naru.security.fields import SealedField, TokenField


class Version(models.Model):
    """One version of one record. Its `id` orders all changes."""

    class Method(models.IntegerChoices):
        """What made this version."""

        CREATE = 1
        UPDATE = 2
        DELETE = 3

    type = models.CharField(max_length=40)
    record = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    method = models.PositiveSmallIntegerField(choices=Method)
    patient = models.UUIDField(null=True)
    """Under whom it was written; a merge changes nothing here."""
    institution = models.UUIDField(null=True)
    event_date = models.DateField(null=True)
    department = models.CharField(max_length=128, default="")
    """As `code^^scheme`, where the record says it: the decision asks for it."""
    updated = models.DateTimeField()
    until = models.BigIntegerField(null=True)
    """The `id` of the version that took its place."""
    sealed = SealedField("records", lambda row: f"{row.type}/{row.record}/{row.version}".encode())

    class Meta:
        """A search begins with a patient or a term, everything else with an id."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["type", "record", "version"], name="records_version_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["patient", "type", "id"], name="records_version_patient"),
            models.Index(fields=["type", "id"], name="records_version_type"),
        ]

    def __str__(self) -> str:
        return f"{self.type}/{self.record}/{self.version}"


class Term(models.Model):
    """By which a version is found: a keyed token, or an interval in microseconds of the epoch."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=40)
    token = TokenField(null=True)
    low = models.BigIntegerField(null=True)
    high = models.BigIntegerField(null=True)

    class Meta:
        """By version and name for a patient's records, by token for all others."""

        indexes: ClassVar = [
            models.Index(fields=["version", "name"], name="records_term_version"),
            models.Index(fields=["token"], name="records_term_token"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.version_id}"
