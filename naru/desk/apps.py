from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Pages; no tables."""

    name = "naru.desk"
