from django.apps import AppConfig


class ViewerConfig(AppConfig):
    """Parts of pages; no tables."""

    name = "naru.viewer"
