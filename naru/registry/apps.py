from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Document entries, submission sets and associations."""

    name = "naru.registry"
    label = "registry"
