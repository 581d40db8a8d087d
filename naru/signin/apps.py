from django.apps import AppConfig


class SigninConfig(AppConfig):
    """Pages; no tables."""

    name = "naru.signin"
