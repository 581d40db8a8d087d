from django.apps import AppConfig


class RepositoryConfig(AppConfig):
    """The documents' bytes: addresses, keys and hashes."""

    name = "naru.repository"
    label = "repository"
