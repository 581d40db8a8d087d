from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    """What happened, in numbers."""

    name = "naru.statistics"
    label = "statistics"
