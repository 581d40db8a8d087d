from typing import ClassVar

from django.db import models

from naru.security.fields import SealedField, TokenField, Unsealed


class Writer(models.Model):
    """One thread that writes, and the head of its chain.

    `after_*` name the newest record of another chain when this one began, so that a whole chain
    cannot vanish unnoticed once another has begun after it.
    """

    id = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField()
    hash = Unsealed(max_length=32)
    mac = Unsealed(max_length=32, default=bytes)
    after_writer = models.UUIDField(null=True)
    after_seq = models.BigIntegerField(null=True)
    after_hash = Unsealed(max_length=32, null=True)

    class Meta:
        db_table = "audit_writer"

    def __str__(self) -> str:
        return str(self.id)


class Record(models.Model):
    """One access record in its writer's chain: `body` in the clear, the rest sealed.

    `institution` repeats what `body` says, so that an institution's own records are found by it,
    and those of the operating body's people (`records.found_under`).
    """

    id = models.BigAutoField(primary_key=True)
    record = models.UUIDField(unique=True)
    writer = models.UUIDField()
    seq = models.BigIntegerField()
    previous = Unsealed(max_length=32)
    hash = Unsealed(max_length=32)
    body = Unsealed()
    sealed = SealedField("audit", kept=True)
    institution = models.UUIDField(null=True)

    class Meta:
        db_table = "audit_record"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["writer", "seq"], name="audit_record_chain")
        ]
        indexes: ClassVar = [
            models.Index(fields=["institution", "id"], name="audit_record_institution")
        ]

    def __str__(self) -> str:
        return str(self.record)


class Start(models.Model):
    """Where a chain begins since its older part was purged; `chain` is the table of its records.

    `record` is the access record that says so, `mac` vouches for all of it.
    """

    pk = models.CompositePrimaryKey("chain", "writer")
    chain = models.CharField(max_length=16)
    writer = models.UUIDField()
    seq = models.BigIntegerField()
    hash = Unsealed(max_length=32)
    record = models.UUIDField()
    mac = Unsealed(max_length=32)

    class Meta:
        db_table = "audit_start"

    def __str__(self) -> str:
        return str(self.writer)


class RecordPatient(models.Model):
    """By which patient a record is found, and of which patients a record is."""

    pk = models.CompositePrimaryKey("record_id", "patient")
    patient = models.UUIDField()
    record = models.ForeignKey(Record, on_delete=models.PROTECT, db_index=False)

    class Meta:
        db_table = "audit_record_patient"
        indexes: ClassVar = [
            models.Index(fields=["patient", "record"], name="audit_record_patient_newest")
        ]

    def __str__(self) -> str:
        return str(self.record_id)


class Acquaintance(models.Model):
    """That an institution has seen something of a patient, since the record that is named."""

    pk = models.CompositePrimaryKey("patient", "institution")
    patient = models.UUIDField()
    institution = models.UUIDField()
    record = models.UUIDField()

    class Meta:
        db_table = "audit_acquaintance"

    def __str__(self) -> str:
        return str(self.record)


class Review(models.Model):
    """That somebody looked through an institution's access records of one month; never changed.

    개인정보의 안전성 확보조치 기준 제8조: at least once a month. The `institution` of reviews and
    watches is the operating body, too (`records.OPERATING_BODY`). `sealed` holds who signed and in
    which words; `through` is the last record that was there to be looked at.
    """

    id = models.BigAutoField(primary_key=True)
    review = models.UUIDField(unique=True)
    institution = models.UUIDField()
    month = models.DateField()
    at = models.DateTimeField()
    records = models.IntegerField()
    anomalies = models.IntegerField()
    through = models.BigIntegerField()
    sealed = SealedField("audit/review", lambda row: row.review.bytes)

    class Meta:
        db_table = "audit_review"
        indexes: ClassVar = [
            models.Index(fields=["institution", "month"], name="audit_review_month")
        ]

    def __str__(self) -> str:
        return str(self.review)


class Watch(models.Model):
    """A patient of whom an institution's privacy officer wants to see every access (VIP)."""

    pk = models.CompositePrimaryKey("institution", "patient")
    institution = models.UUIDField()
    patient = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_watch"

    def __str__(self) -> str:
        return str(self.patient)


class ReceivedWriter(models.Model):
    """One process that receives, and the head of its chain; as `Writer` is of our own records."""

    id = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField()
    hash = Unsealed(max_length=32)
    mac = Unsealed(max_length=32, default=bytes)
    after_writer = models.UUIDField(null=True)
    after_seq = models.BigIntegerField(null=True)
    after_hash = Unsealed(max_length=32, null=True)

    class Meta:
        db_table = "audit_received_writer"

    def __str__(self) -> str:
        return str(self.id)


class Received(models.Model):
    """One message that others sent to the audit record repository, in its writer's chain.

    `time`, `event` and `type` repeat what `body` says, so that it is found by them.
    """

    id = models.BigAutoField(primary_key=True)
    received = models.UUIDField(unique=True)
    writer = models.UUIDField()
    seq = models.BigIntegerField()
    previous = Unsealed(max_length=32)
    hash = Unsealed(max_length=32)
    body = Unsealed()
    sealed = SealedField("audit/received", kept=True)
    time = models.DateTimeField(db_index=True)
    event = models.CharField(max_length=64, db_index=True)
    type = models.CharField(max_length=64, db_index=True)

    class Meta:
        db_table = "audit_received"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["writer", "seq"], name="audit_received_chain")
        ]

    def __str__(self) -> str:
        return str(self.received)


class ReceivedToken(models.Model):
    """By which object's identifier a received message is found without being opened."""

    pk = models.CompositePrimaryKey("token", "message_id")
    token = TokenField(max_length=16)
    message = models.ForeignKey(Received, on_delete=models.PROTECT, db_index=False)

    class Meta:
        db_table = "audit_received_token"

    def __str__(self) -> str:
        return str(self.message_id)
