from typing import ClassVar

from django.db import models


class Used(models.Model):
    """Something that was used: `name` is a digest of it, `value` what it was bound to then.

    After `ends` it could not be used anyway, and the row is of no more need.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.BinaryField(max_length=32, unique=True)
    value = models.BinaryField(max_length=32)
    ends = models.DateTimeField()

    class Meta:
        db_table = "security_used"
        indexes: ClassVar = [models.Index(fields=["ends"], name="security_used_ends")]

    def __str__(self) -> str:
        return bytes(self.name).hex()
