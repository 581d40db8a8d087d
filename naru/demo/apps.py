from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Pages; no tables."""

    name = "naru.demo"
