"""The registry's tables. Private to this room.

What may name or describe a person stands in `sealed` only; the other columns hold what is searched.
Codes are written `code^^scheme`, lists as JSON, times in whole seconds of the epoch.
"""

from typing import ClassVar

from django.db import models

from naru.security.fields import SealedField

_KINDS = {1: "SubmissionSet", 2: "Folder"}
"""How the kinds of a package are named in what its seal is bound to."""


class Status(models.IntegerChoices):
    """availabilityStatus (ITI TF-3 4.2.3.2.2)."""

    APPROVED = 1
    DEPRECATED = 2


class Entry(models.Model):
    """A DocumentEntry (ITI TF-3 4.2.3.2)."""

    class ObjectType(models.IntegerChoices):
        """ITI TF-3 4.2.5.2."""

        STABLE = 1
        ON_DEMAND = 2

    entry_uuid = models.CharField(max_length=45, unique=True)
    logical_id = models.CharField(max_length=45)
    version = models.PositiveIntegerField(default=1)
    unique_id = models.CharField(max_length=256, db_index=True)
    patient = models.UUIDField()
    """Under whom it was registered; a merge changes nothing here (see `identity`)."""
    institution = models.UUIDField(null=True)
    repository = models.CharField(max_length=64, default="")
    status = models.PositiveSmallIntegerField(choices=Status, default=Status.APPROVED)
    object_type = models.PositiveSmallIntegerField(choices=ObjectType, default=ObjectType.STABLE)
    class_code = models.TextField(default="")
    type_code = models.TextField(default="")
    format_code = models.TextField(default="")
    practice_setting = models.TextField(default="")
    facility_type = models.TextField(default="")
    events = models.TextField(default="[]")
    confidentiality = models.TextField(default="[]")
    recipients = models.TextField(default="[]")
    event_date = models.DateField(null=True)
    creation_time = models.BigIntegerField(null=True)
    service_start = models.BigIntegerField(null=True)
    service_stop = models.BigIntegerField(null=True)
    mime_type = models.TextField(default="")
    hash = models.CharField(max_length=40, default="")
    size = models.BigIntegerField(null=True)
    registered_at = models.DateTimeField()
    assembled_from = models.TextField(default="")
    """The entryUUIDs from which a snapshot was assembled here; empty, not `[]`, if it was sent."""
    sealed = SealedField("registry", lambda row: f"DocumentEntry {row.entry_uuid}".encode())

    class Meta:
        """Every search begins with a patient or an id."""

        indexes: ClassVar = [models.Index(fields=["patient", "id"], name="registry_entry_patient")]

    def __str__(self) -> str:
        return self.entry_uuid


class Package(models.Model):
    """A SubmissionSet or a Folder: ebRIM's RegistryPackage (ITI TF-3 4.2.1.2, 4.2.1.3).

    They share a table so that one constraint keeps a uniqueId from being used twice
    (ITI TF-2 3.42.4.1.3.3.7).
    """

    class Kind(models.IntegerChoices):
        """Which of the two."""

        SUBMISSION_SET = 1
        FOLDER = 2

    kind = models.PositiveSmallIntegerField(choices=Kind)
    entry_uuid = models.CharField(max_length=45, unique=True)
    unique_id = models.CharField(max_length=64, unique=True)
    patient = models.UUIDField()
    institution = models.UUIDField(null=True)
    status = models.PositiveSmallIntegerField(choices=Status, default=Status.APPROVED)
    source_id = models.CharField(max_length=64, default="")
    codes = models.TextField(default="[]")
    """contentTypeCode of a SubmissionSet, codeList of a Folder."""
    recipients = models.TextField(default="[]")
    time = models.BigIntegerField()
    """submissionTime of a SubmissionSet, lastUpdateTime of a Folder."""
    event_date = models.DateField()
    registered_at = models.DateTimeField()
    sealed = SealedField("registry", lambda row: f"{_KINDS[row.kind]} {row.entry_uuid}".encode())

    class Meta:
        """Every search begins with a patient or an id."""

        indexes: ClassVar = [
            models.Index(fields=["patient", "id"], name="registry_package_patient")
        ]

    def __str__(self) -> str:
        return self.entry_uuid


class Association(models.Model):
    """An Association (ITI TF-3 4.2.2); its ends are entryUUIDs of any kind of object."""

    entry_uuid = models.CharField(max_length=45, unique=True)
    type = models.CharField(max_length=80)
    source = models.CharField(max_length=45, db_index=True)
    target = models.CharField(max_length=45, db_index=True)
    status = models.PositiveSmallIntegerField(choices=Status, default=Status.APPROVED)
    submission_set_status = models.CharField(max_length=9, default="")
    sealed = SealedField(
        "registry", lambda row: f"Association {row.entry_uuid}".encode(), null=True
    )
    """The whole association, where it carries documentation or extra metadata."""

    def __str__(self) -> str:
        return self.entry_uuid
