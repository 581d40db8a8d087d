from django.apps import AppConfig


class PublicConfig(AppConfig):
    """Pages; no tables."""

    name = "naru.public"
