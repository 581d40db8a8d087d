from typing import ClassVar

from django.db import models
from django.db.models import Q

from naru.security.fields import SealedField, Unsealed


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
    """Whether an institution takes part from a moment on; the newest row up to then counts."""

    id = models.BigAutoField(primary_key=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    approved = models.BooleanField()
    since = models.DateTimeField()
    reason = models.CharField(max_length=20, blank=True, default="")
    """A `Stop`; empty of who is approved, and where none was given."""

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


class Certificate(models.Model):
    """A certificate that this node issued to an institution for a key of its own.

    Whether it opens doors stands in `Designation`; here are its text and why it was issued.
    """

    id = models.BigAutoField(primary_key=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    fingerprint = models.CharField(max_length=64, unique=True)
    pem = Unsealed()
    test = models.BooleanField()
    issued = models.DateTimeField()
    not_after = models.DateTimeField()
    revoked = models.DateTimeField(null=True)

    class Meta:
        db_table = "directory_certificate"

    def __str__(self) -> str:
        return self.fingerprint


class Case(models.Model):
    """One run of a procedure for an institution; it keeps the steps that it began with.

    `step` is the one that is awaited, empty once the case is closed. `hub` is the 거점의료기관 that
    recruits, null where the operating body does.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=16)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    hub = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.CharField(max_length=64)
    steps = models.TextField()
    step = models.CharField(max_length=32)
    state = models.CharField(max_length=16)
    begun = models.DateTimeField()
    moved = models.DateTimeField()
    request = SealedField("directory/request", lambda row: row.key.bytes, null=True)

    class Meta:
        db_table = "directory_case"
        indexes: ClassVar = [models.Index(fields=["state", "moved"], name="directory_case_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Entry(models.Model):
    """What was done in a case. Rows are only ever added; `content` names people: it is sealed."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    step = models.CharField(max_length=32)
    act = models.CharField(max_length=16)
    party = models.CharField(max_length=16)
    person = models.UUIDField(null=True)
    time = models.DateTimeField()
    content = SealedField("directory/entry", lambda row: row.case.key.bytes)

    class Meta:
        db_table = "directory_entry"

    def __str__(self) -> str:
        return f"{self.step} {self.act}"


class Sheet(models.Model):
    """A paper (PDF, sealed) in the store of one institution; null for the operating body's."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sheets")
    holder = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT)
    kind = models.CharField(max_length=32)
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    content = SealedField("directory/sheet", lambda row: row.key.bytes)
    time = models.DateTimeField()

    class Meta:
        db_table = "directory_sheet"

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256}"


class Profile(models.Model):
    """What anybody may know of an institution: where it is, how it is reached, when it serves."""

    institution = models.OneToOneField(Institution, primary_key=True, on_delete=models.PROTECT)
    address = models.CharField(max_length=300)
    telephone = models.CharField(max_length=40)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    hours = models.TextField()

    class Meta:
        db_table = "directory_profile"

    def __str__(self) -> str:
        return str(self.institution_id)


class Department(models.Model):
    """A 진료과 of an institution, by one system's code, from a day until before another."""

    id = models.BigAutoField(primary_key=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    system = models.CharField(max_length=8)
    code = models.CharField(max_length=16)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "directory_department"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["institution", "system", "code"],
                condition=Q(valid_to=None),
                name="directory_department_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.code}"


class Custody(models.Model):
    """A contract by which another keeps an institution's records (전자의무기록 외부보관)."""

    id = models.BigAutoField(primary_key=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT)
    custodian = models.CharField(max_length=200)
    contract = models.CharField(max_length=100)
    scope = models.CharField(max_length=500)
    location = models.CharField(max_length=500)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "directory_custody"

    def __str__(self) -> str:
        return self.contract


class Closure(models.Model):
    """Who keeps the records of an institution that closed, and until when they must be kept."""

    institution = models.OneToOneField(Institution, primary_key=True, on_delete=models.PROTECT)
    closed = models.DateField()
    keeper = models.CharField(max_length=200)
    location = models.CharField(max_length=500)
    until = models.DateField(null=True)

    class Meta:
        db_table = "directory_closure"

    def __str__(self) -> str:
        return self.keeper


class Brand(models.Model):
    """How a hospital shows itself in a portal that it shares with others."""

    institution = models.OneToOneField(
        Institution, on_delete=models.CASCADE, primary_key=True, related_name="brand"
    )
    english = models.CharField(max_length=200, blank=True)
    colour = models.CharField(max_length=7)
    logo = Unsealed()

    class Meta:
        db_table = "directory_brand"

    def __str__(self) -> str:
        return str(self.pk)


class Group(models.Model):
    """Hospitals that share one portal, with their common name and colour."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    name = models.CharField(max_length=200)
    english = models.CharField(max_length=200)
    colour = models.CharField(max_length=7)
    members = models.ManyToManyField(Institution, db_table="directory_group_member")

    class Meta:
        db_table = "directory_group"

    def __str__(self) -> str:
        return self.name


class Listed(models.Model):
    """An institution as HIRA's open data list it: candidates to recruit, and no one's identity.

    `ykiho` is encrypted there and cannot be read back; it is never compared with a 요양기관기호.
    """

    ykiho = models.CharField(max_length=400, primary_key=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=2)
    address = models.CharField(max_length=300)
    telephone = models.CharField(max_length=40)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    imported = models.DateTimeField()

    class Meta:
        db_table = "directory_listed"

    def __str__(self) -> str:
        return self.name
