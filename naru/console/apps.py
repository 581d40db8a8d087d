from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Pages; no tables."""

    name = "naru.console"
