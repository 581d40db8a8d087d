from typing import ClassVar

from django.db import models
from django.db.models import Q

from naru.security.fields import Unsealed


class Institution(models.Model):
    """An institution under a random key; what others call it stands in `Designation`."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    hub = models.ForeignKey("self", null=True, on_delete=models.PROTECT)

    class Meta:
        db_table = "directory_institution"

    def __str__(self) -> str:
        return self.name


class Designation(models.Model):
    """An OID, a 요양기관기호 or a certificate's fingerprint, valid from a day until before another.

    On any day a value means at most one institution. An institution has one OID and one code, and
    as many certificates as it needs.
    """

    id = models.BigAutoField(primary_key=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    system = models.CharField(max_length=16)
    value = models.CharField(max_length=128)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "directory_designation"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["system", "value"],
                condition=Q(valid_to=None),
                name="directory_designation_open",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["system", "value"], name="directory_designation_value")
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.value}"


class Standing(models.Model):
    """Whether an institution takes part from a day on; the newest row up to a day counts."""

    id = models.BigAutoField(primary_key=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    approved = models.BooleanField()
    since = models.DateField()

    class Meta:
        db_table = "directory_standing"

    def __str__(self) -> str:
        return f"{self.since} {'approved' if self.approved else 'suspended'}"


class Provider(models.Model):
    """A certificate whose signatures are believed, for one institution or, without one, for each.

    `kind` is a `SignerKind`: what it may sign.
    """

    id = models.BigAutoField(primary_key=True)
    issuer = models.CharField(max_length=1000)
    fingerprint = models.CharField(max_length=64)
    certificate = Unsealed()
    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT)
    kind = models.CharField(max_length=32)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "directory_provider"
        indexes: ClassVar = [models.Index(fields=["issuer"], name="directory_provider_issuer")]

    def __str__(self) -> str:
        return f"{self.kind} {self.issuer} {self.fingerprint}"
