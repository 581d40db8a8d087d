from typing import ClassVar

from django.db import models


class Schedule(models.Model):
    """When a practitioner can be seen; `weekly` and `exceptions` are JSON of `codec`."""

    id = models.BigAutoField(primary_key=True)
    schedule = models.UUIDField(unique=True)
    institution = models.UUIDField(db_index=True)
    department = models.CharField(max_length=128)
    practitioner = models.CharField(max_length=100)
    weekly = models.TextField()
    exceptions = models.TextField()
    minutes = models.PositiveSmallIntegerField()
    capacity = models.PositiveSmallIntegerField()
    closed_on_holidays = models.BooleanField()
    first = models.DateField()
    last = models.DateField(null=True)

    class Meta:
        db_table = "scheduling_schedule"

    def __str__(self) -> str:
        return f"{self.schedule}"


class Appointment(models.Model):
    """That a patient is seen. While it takes a place of its slot, `seat` numbers the place.

    What takes no place has no seat, and nothing is unique about it in either database.
    """

    id = models.BigAutoField(primary_key=True)
    appointment = models.UUIDField(unique=True)
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="appointments")
    start = models.DateTimeField()
    end = models.DateTimeField()
    seat = models.PositiveSmallIntegerField(null=True)
    patient = models.UUIDField(db_index=True)
    status = models.CharField(max_length=16)
    confirmed = models.BooleanField()
    booked_by = models.UUIDField(null=True)
    referral = models.UUIDField(null=True, db_index=True)

    class Meta:
        db_table = "scheduling_appointment"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["schedule", "start", "seat"], name="scheduling_seat_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["schedule", "end"], name="scheduling_schedule_end")
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.appointment}"


class Step(models.Model):
    """What happened to an appointment, only ever added."""

    id = models.BigAutoField(primary_key=True)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="steps")
    what = models.CharField(max_length=16)
    time = models.DateTimeField()
    institution = models.UUIDField(null=True)
    role = models.CharField(max_length=32)
    start = models.DateTimeField()

    class Meta:
        db_table = "scheduling_step"

    def __str__(self) -> str:
        return f"{self.what} {self.id}"
