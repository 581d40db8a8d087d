from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Patient identity, cross-reference and surrogate keys."""

    name = "naru.patients"
    label = "patients"
