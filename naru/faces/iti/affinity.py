"""The OID under which this node answers for its patients."""

from django.conf import settings


def custodian() -> str:
    """The affinity domain's own patient identification domain."""
    return str(settings.NARU.affinity_domains[0])
