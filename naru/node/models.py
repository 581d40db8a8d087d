from django.db import models

from naru.security.fields import SealedField

MARK = b"naru"
"""What the mark seals, and to what it is bound."""


class Mark(models.Model):
    """One row that says for good what kind of data folder this is."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sandbox = models.BooleanField()
    demo = models.BooleanField(default=False)
    since = models.DateTimeField()
    sealed = SealedField("node/mark", lambda _row: MARK, default=b"")
    """A constant under the master key: a key that does not open it is another node's."""

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="node_has_one_mark"),)

    def __str__(self) -> str:
        return "sandbox" if self.sandbox else "real"
