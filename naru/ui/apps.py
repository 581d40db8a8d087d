from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, static files and tags; no tables."""

    name = "naru.ui"
