from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """What can be proved without trusting the operator."""

    name = "naru.ledger"
    label = "ledger"
