"""The repository's tables. Private to this room. Nothing in them names a person."""

from typing import ClassVar

from django.db import models

from naru.security.fields import SealedField
from naru.security.keys import OBJECT_KEY


class Repository(models.Model):
    """A document repository: several may live in one node (design, section 11)."""

    oid = models.CharField(max_length=64, unique=True)
    institution = models.UUIDField()
    name = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.oid


class Document(models.Model):
    """One document's bytes: pending while its registration is on the way, then held."""

    class State(models.IntegerChoices):
        """Whether the document's registration was committed."""

        PENDING = 1
        HELD = 2

    repository = models.ForeignKey(Repository, on_delete=models.PROTECT)
    unique_id = models.CharField(max_length=256)
    state = models.PositiveSmallIntegerField(choices=State, default=State.PENDING)
    address = models.CharField(max_length=64, unique=True)
    sealed_key = SealedField(OBJECT_KEY, lambda row: bytes.fromhex(row.address))
    size = models.BigIntegerField()
    sha1 = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    mime_type = models.TextField(default="")
    received_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    read_by = models.PositiveIntegerField(default=0)
    """The version of the readers that last read what it says; 0 where none has."""

    class Meta:
        """A repository holds a uniqueId once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["repository", "unique_id"],
                condition=models.Q(state=2),
                name="repository_holds_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["repository", "unique_id"], name="repository_document_id"),
            models.Index(fields=["state", "received_at"], name="repository_document_state"),
            models.Index(fields=["state", "read_by"], name="repository_document_read"),
        ]

    def __str__(self) -> str:
        return self.address


class Findings(models.Model):
    """What was found wrong with a held document when it came; it may quote it."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE)
    sealed = SealedField("repository/findings", lambda row: bytes.fromhex(row.document.address))

    def __str__(self) -> str:
        return str(self.document)


class Said(models.Model):
    """What a held document says, as its readers took it apart; it goes with the document."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE)
    sealed = SealedField("repository/said", lambda row: bytes.fromhex(row.document.address))

    def __str__(self) -> str:
        return str(self.document)
