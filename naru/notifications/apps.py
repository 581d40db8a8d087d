from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """What people are told, by which channel, and what became of it."""

    name = "naru.notifications"
    label = "notifications"
