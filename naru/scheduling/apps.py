from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """When somebody can be seen, and who is: schedules and appointments."""

    name = "naru.scheduling"
    label = "scheduling"
