from django.apps import AppConfig


class AuditConfig(AppConfig):
    """One access record per request, chained per writer."""

    name = "naru.audit"
    label = "audit"
