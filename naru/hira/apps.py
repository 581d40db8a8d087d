from django.apps import AppConfig


class HiraConfig(AppConfig):
    """건강보험심사평가원: what is handed to its relay, and what may be billed."""

    name = "naru.hira"
    label = "hira"
