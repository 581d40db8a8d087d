from django.apps import AppConfig


class TerminologyConfig(AppConfig):
    """Code systems with their releases, concepts, terms and maps."""

    name = "naru.terminology"
    label = "terminology"
