from typing import ClassVar

from django.db import models

from naru.notifications.states import State
from naru.security.fields import SealedField

LONGEST_KIND = 40
LONGEST_KEY = 200


class Notice(models.Model):
    """One thing that somebody is told: the row of their inbox. What it says is sealed."""

    id = models.BigAutoField(primary_key=True)
    notice = models.UUIDField(unique=True)
    kind = models.CharField(max_length=LONGEST_KIND)
    key = models.CharField(max_length=LONGEST_KEY)
    to = models.CharField(max_length=12)
    recipient = models.UUIDField()
    role = models.CharField(max_length=40, default="")
    sealed = SealedField("notifications", lambda row: row.notice.bytes)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    digest_day = models.DateField(null=True)

    class Meta:
        db_table = "notifications_notice"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key"], name="notifications_notice_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["recipient", "id"], name="notifications_notice_inbox")
        ]

    def __str__(self) -> str:
        return str(self.notice)


class Delivery(models.Model):
    """One notice, or one day's digest of a person, on its way by one channel."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.UUIDField(unique=True)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT)
    digest = models.BooleanField(default=False)
    channel = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default=State.QUEUED)
    reason = models.CharField(max_length=80, default="")
    reference = models.CharField(max_length=200, default="")
    rounds = models.IntegerField(default=0)
    at = models.DateTimeField()
    changed = models.DateTimeField()

    class Meta:
        db_table = "notifications_delivery"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["notice", "channel", "digest"], name="notifications_delivery_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "id"], name="notifications_delivery_state")
        ]

    def __str__(self) -> str:
        return str(self.delivery)


class Preference(models.Model):
    """When a patient wants to be told of one kind."""

    pk = models.CompositePrimaryKey("patient", "kind")
    patient = models.UUIDField()
    kind = models.CharField(max_length=LONGEST_KIND)
    wish = models.CharField(max_length=8)

    class Meta:
        db_table = "notifications_preference"

    def __str__(self) -> str:
        return f"{self.patient} {self.kind}"


class Manner(models.Model):
    """In which language and first by which channel a patient is told."""

    patient = models.UUIDField(primary_key=True)
    language = models.CharField(max_length=2, default="ko")
    first = models.CharField(max_length=12, default="")

    class Meta:
        db_table = "notifications_manner"

    def __str__(self) -> str:
        return str(self.patient)
