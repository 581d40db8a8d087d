from django.db import models

from naru.security.fields import SealedField, TokenField


class Domain(models.Model):
    """A patient identification domain whose identifiers are cross-referenced, by its OID."""

    oid = models.CharField(max_length=64, unique=True)

    class Meta:
        db_table = "patients_domain"

    def __str__(self) -> str:
        return self.oid


class Patient(models.Model):
    """A person: a random key and nothing else.

    `merged_into` is the key of the patient into whom this one was merged and is the truth; `root`
    is the end of that chain (the own key of a survivor), derived from it so that everything about
    a person is one indexed comparison away. A merge changes nothing else of a patient.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    merged_into = models.UUIDField(null=True)
    root = models.UUIDField(db_index=True)

    class Meta:
        db_table = "patients_patient"

    def __str__(self) -> str:
        return str(self.key)


class SourceRecord(models.Model):
    """What one feed told of a person, sealed. Each feed's own words stay beside the others'.

    The flags ask a human to look; no rule of the program acts on them.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT)
    sealed = SealedField("patients/demographics", lambda row: row.key.bytes)
    updated = models.DateTimeField()
    sex_disagrees = models.BooleanField(default=False)
    resident_number_elsewhere = models.BooleanField(default=False)

    class Meta:
        db_table = "patients_source_record"

    def __str__(self) -> str:
        return str(self.key)


class PatientIdentifier(models.Model):
    """An identifier of a domain: found by its token, its value sealed.

    `record` is what its domain's source told; an id that we gave has none. One that a merge ended
    names its successor.
    """

    id = models.BigAutoField(primary_key=True)
    token = TokenField(max_length=32, unique=True)
    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT)
    record = models.ForeignKey(SourceRecord, null=True, on_delete=models.PROTECT)
    sealed = SealedField("patients/identifier", lambda row: row.token)
    subsumed_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT)

    class Meta:
        db_table = "patients_identifier"

    def __str__(self) -> str:
        return str(self.pk)


class Joining(models.Model):
    """An act that joined persons, or that took such an act back; never changed nor removed.

    Who is whom (`merged_into`, `root`, `subsumed_by`) is folded from the acts that stand
    (`joins.fold`). A merge names two identifiers of one domain; a link the persons alone. `patient`
    and `into` are the keys of those of whom the act speaks, as they were named. `why` is sealed.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    act = models.CharField(max_length=12)
    survivor = models.ForeignKey(
        PatientIdentifier, null=True, on_delete=models.PROTECT, related_name="+"
    )
    subsumed = models.ForeignKey(
        PatientIdentifier, null=True, on_delete=models.PROTECT, related_name="+"
    )
    patient = models.UUIDField(db_index=True)
    into = models.UUIDField(db_index=True)
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    at = models.DateTimeField()
    role = models.CharField(max_length=32)
    institution = models.UUIDField(null=True)
    person = models.UUIDField(null=True)
    why = SealedField("patients/why", lambda row: row.key.bytes, null=True)

    class Meta:
        db_table = "patients_joining"

    def __str__(self) -> str:
        return str(self.key)


class MatchCase(models.Model):
    """Two persons who may be one: what was seen of them when a steward was first asked.

    Never changed; how the case stands is what was decided last. The fields but the keys say nothing
    of anybody.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    one = models.UUIDField(db_index=True)
    other = models.UUIDField(db_index=True)
    reason = models.CharField(max_length=32)
    bits = models.FloatField()
    weights = models.CharField(max_length=32)
    opened = models.DateTimeField()

    class Meta:
        db_table = "patients_match_case"
        constraints = (
            models.UniqueConstraint(fields=("one", "other"), name="patients_match_case_pair"),
        )

    def __str__(self) -> str:
        return str(self.key)


class MatchDecision(models.Model):
    """What was decided on a case, by whom, when and why (sealed); never changed."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    case = models.ForeignKey(MatchCase, on_delete=models.PROTECT)
    act = models.CharField(max_length=12)
    joining = models.ForeignKey(Joining, null=True, on_delete=models.PROTECT)
    at = models.DateTimeField()
    role = models.CharField(max_length=32)
    institution = models.UUIDField(null=True)
    person = models.UUIDField(null=True)
    why = SealedField("patients/why", lambda row: row.key.bytes, null=True)

    class Meta:
        db_table = "patients_match_decision"

    def __str__(self) -> str:
        return str(self.key)


class ResidentNumber(models.Model):
    """A 주민등록번호 as one feed knew it from `since` until `until`: an attribute, never a key.

    It is `own` unless hospitals write it where a person has none yet.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT)
    token = TokenField(max_length=32, db_index=True)
    sealed = SealedField("patients/resident-number", lambda row: row.record.key.bytes)
    own = models.BooleanField(default=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "patients_resident_number"

    def __str__(self) -> str:
        return str(self.pk)


class SearchToken(models.Model):
    """By what a source record is found without being opened."""

    pk = models.CompositePrimaryKey("token", "record_id")
    token = TokenField(max_length=16)
    record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE)

    class Meta:
        db_table = "patients_search_token"

    def __str__(self) -> str:
        return str(self.record_id)
