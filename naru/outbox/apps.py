from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Work to be done after the commit."""

    name = "naru.outbox"
    label = "outbox"
