from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Single records beside documents: observations, diagnoses, medication, in all versions."""

    name = "naru.records"
    label = "records"
