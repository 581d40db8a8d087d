from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Institutions, their departments and endpoints, by date."""

    name = "naru.directory"
    label = "directory"
