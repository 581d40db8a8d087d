from django.apps import AppConfig


class SecurityConfig(AppConfig):
    """Keys, certificates, tokens, and what was used once already."""

    name = "naru.security"
    label = "security"
