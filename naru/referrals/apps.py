from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """의뢰, 회송, 응급전원 with what became of each."""

    name = "naru.referrals"
    label = "referrals"
