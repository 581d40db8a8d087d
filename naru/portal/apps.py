from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages; no tables."""

    name = "naru.portal"
