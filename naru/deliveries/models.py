from typing import ClassVar

from django.db import models

from naru.security.fields import SealedField, TokenField


class Submission(models.Model):
    """Documents that a patient submitted to an agency, each to be opened once.

    `delivery` is the arrangement that lets the agency open them; `once` the key of the form, so
    that one form submits once. `content` says what was chosen, sealed.
    """

    id = models.BigAutoField(primary_key=True)
    submission = models.UUIDField(unique=True)
    number = models.CharField(max_length=16, unique=True)
    patient = models.UUIDField()
    agency = models.UUIDField()
    delivery = models.UUIDField(null=True, unique=True)
    once = models.UUIDField()
    at = models.DateTimeField()
    until = models.DateTimeField()
    recalled = models.DateTimeField(null=True)
    content = SealedField("delivery-submission", lambda row: row.submission.bytes)

    class Meta:
        db_table = "deliveries_submission"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "once"], name="deliveries_submission_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency", "-id"], name="deliveries_submission_inbox"),
        ]

    def __str__(self) -> str:
        return self.number


class Share(models.Model):
    """Documents that whoever holds a link and its passcode may look at, until a moment.

    `address` and `code` are what the link and the spoken code are found by; what they open, with
    the passcode and the key, is sealed in `content`.
    """

    id = models.BigAutoField(primary_key=True)
    share = models.UUIDField(unique=True)
    patient = models.UUIDField()
    once = models.UUIDField()
    address = TokenField(unique=True, max_length=32)
    code = TokenField(unique=True, max_length=32)
    at = models.DateTimeField()
    until = models.DateTimeField()
    most = models.PositiveSmallIntegerField()
    opens = models.PositiveSmallIntegerField(default=0)
    wrong = models.PositiveSmallIntegerField(default=0)
    revoked = models.DateTimeField(null=True)
    content = SealedField("delivery-share", lambda row: row.share.bytes)

    class Meta:
        db_table = "deliveries_share"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient", "once"], name="deliveries_share_once")
        ]

    def __str__(self) -> str:
        return str(self.share)


class Opening(models.Model):
    """That somebody opened what was shared; who they said they are, sealed.

    `ticket` is what fetches the file that an app was told of, for a short while.
    """

    id = models.BigAutoField(primary_key=True)
    opening = models.UUIDField(unique=True)
    share = models.ForeignKey(Share, models.CASCADE, related_name="openings")
    at = models.DateTimeField()
    ticket = TokenField(unique=True, null=True, max_length=32)
    content = SealedField("delivery-opening", lambda row: row.opening.bytes)

    class Meta:
        db_table = "deliveries_opening"

    def __str__(self) -> str:
        return str(self.opening)
