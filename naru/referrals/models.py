from typing import ClassVar

from django.db import models

from naru.security.fields import SealedField, TokenField


class Referral(models.Model):
    """A referral as it stands; `content` is how it began, sealed. What happened are its acts.

    `once` is the key of the form that sent it, so that a form that comes twice sends once.
    """

    id = models.BigAutoField(primary_key=True)
    referral = models.UUIDField(unique=True)
    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=24)
    patient = models.UUIDField(db_index=True)
    sender = models.UUIDField()
    receiver = models.UUIDField(null=True)
    state = models.CharField(max_length=16)
    document = models.CharField(max_length=256)
    about = models.UUIDField(null=True, db_index=True)
    time = models.DateTimeField()
    until = models.DateTimeField()
    once = models.UUIDField()
    content = SealedField("referral", lambda row: row.referral.bytes)

    class Meta:
        db_table = "referrals_referral"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sender", "once"], name="referrals_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["receiver", "id"], name="referrals_inbox"),
            models.Index(fields=["sender", "id"], name="referrals_outbox"),
            models.Index(fields=["state", "until"], name="referrals_until"),
            models.Index(fields=["document"], name="referrals_document"),
        ]

    def __str__(self) -> str:
        return self.number


class Act(models.Model):
    """One thing that happened, only ever added: two that come at once have not the same place."""

    id = models.BigAutoField(primary_key=True)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="acts")
    place = models.PositiveIntegerField()
    act = models.UUIDField(unique=True)
    content = SealedField("referral-act", lambda row: row.act.bytes)

    class Meta:
        db_table = "referrals_act"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "place"], name="referrals_act_place")
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.place}"


class Letter(models.Model):
    """A letter to whoever is outside: its paper, and the code that opens it, as a token.

    `attempts` are the wrong codes since it was printed. What was opened is kept no longer here.
    """

    id = models.BigAutoField(primary_key=True)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="letter")
    token = TokenField(max_length=32, unique=True)
    attempts = models.PositiveIntegerField(default=0)
    opened = models.DateTimeField(null=True)
    content = SealedField("referral-letter", lambda row: row.referral.referral.bytes, null=True)

    class Meta:
        db_table = "referrals_letter"

    def __str__(self) -> str:
        return f"{self.referral_id}"
