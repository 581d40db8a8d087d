from django.apps import AppConfig


class ClinicConfig(AppConfig):
    """Pages; no tables."""

    name = "naru.clinic"
