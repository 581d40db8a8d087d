from typing import ClassVar

from django.db import models

from naru.security.fields import SealedField


class Ticket(models.Model):
    """What is to be answered, and by whom: `role` at `institution`, None at the operating body.

    `once` is the key of the form that opened it. `content` says what it is about, sealed.
    """

    id = models.BigAutoField(primary_key=True)
    ticket = models.UUIDField(unique=True)
    number = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=16)
    patient = models.UUIDField(null=True, db_index=True)
    institution = models.UUIDField(null=True)
    role = models.CharField(max_length=32)
    once = models.UUIDField(unique=True)
    opened = models.DateTimeField()
    closed = models.DateTimeField(null=True)
    content = SealedField("ticket", lambda row: row.ticket.bytes)

    class Meta:
        db_table = "tickets_ticket"
        indexes: ClassVar = [
            models.Index(fields=["institution", "role", "-id"], name="tickets_ticket_office")
        ]

    def __str__(self) -> str:
        return self.number


class Entry(models.Model):
    """A line of a ticket; rows are only ever added."""

    id = models.BigAutoField(primary_key=True)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    content = SealedField("ticket-entry", lambda row: row.ticket.ticket.bytes)

    class Meta:
        db_table = "tickets_entry"

    def __str__(self) -> str:
        return str(self.id)
