from typing import ClassVar

from django.db import models

from naru.security.fields import SealedField, TokenField, Unsealed


class Used(models.Model):
    """Something that was used: `name` is a digest of it, `value` what it was bound to then.

    After `ends` it could not be used anyway, and the row is of no more need.
    """

    id = models.BigAutoField(primary_key=True)
    name = Unsealed(max_length=32, unique=True)
    value = Unsealed(max_length=32)
    ends = models.DateTimeField()

    class Meta:
        db_table = "security_used"
        indexes: ClassVar = [models.Index(fields=["ends"], name="security_used_ends")]

    def __str__(self) -> str:
        return bytes(self.name).hex()


class PageSession(models.Model):
    """What the pages keep of one browser until it `ends`; found by the token of its key."""

    id = models.BigAutoField(primary_key=True)
    token = TokenField(max_length=32, unique=True)
    sealed = SealedField("security/page-session", lambda row: row.token)
    ends = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "security_page_session"

    def __str__(self) -> str:
        return str(self.pk)
