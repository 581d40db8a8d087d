from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    """Submissions to agencies and what was shared by a link."""

    name = "naru.deliveries"
    label = "deliveries"
