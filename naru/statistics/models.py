from typing import ClassVar

from django.db import models

LONGEST_TRANSACTION = 128


class Count(models.Model):
    """How many access records there are of one kind on a day of Korea, and the documents in them.

    `institution` is `counting.NOBODY` for those at no institution: citizens and strangers.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    institution = models.UUIDField()
    transaction = models.CharField(max_length=LONGEST_TRANSACTION)
    outcome = models.SmallIntegerField()
    requests = models.BigIntegerField()
    documents = models.BigIntegerField()

    class Meta:
        db_table = "statistics_count"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "institution", "transaction", "outcome"],
                name="statistics_count_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["institution", "day"], name="statistics_count_institution")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.transaction}"


class Traffic(models.Model):
    """What those at an institution asked in an hour (UTC); kept for some weeks."""

    id = models.BigAutoField(primary_key=True)
    institution = models.UUIDField()
    hour = models.DateTimeField()
    requests = models.IntegerField()

    class Meta:
        db_table = "statistics_traffic"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["institution", "hour"], name="statistics_traffic_once")
        ]
        indexes: ClassVar = [models.Index(fields=["hour"], name="statistics_traffic_hour")]

    def __str__(self) -> str:
        return f"{self.institution} {self.hour}"


class Through(models.Model):
    """How far one writer's chain of access records has been counted."""

    writer = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField()

    class Meta:
        db_table = "statistics_through"

    def __str__(self) -> str:
        return str(self.writer)


class AsOf(models.Model):
    """The moment up to which every record that was kept has been counted; one row."""

    id = models.SmallIntegerField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "statistics_as_of"

    def __str__(self) -> str:
        return f"{self.at}"


class Room(models.Model):
    """What a node took of its disk on a day: bytes free, of the database, of the documents."""

    day = models.DateField(primary_key=True)
    free = models.BigIntegerField()
    total = models.BigIntegerField()
    database = models.BigIntegerField()
    documents = models.BigIntegerField()

    class Meta:
        db_table = "statistics_room"

    def __str__(self) -> str:
        return str(self.day)
