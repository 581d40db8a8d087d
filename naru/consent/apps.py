from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Consents, their snapshots and the one decision."""

    name = "naru.consent"
    label = "consent"
