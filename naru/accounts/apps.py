from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in, whatever their role."""

    name = "naru.accounts"
    label = "accounts"
