from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Tickets of patients and of calls."""

    name = "naru.tickets"
    label = "tickets"
