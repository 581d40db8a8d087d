"""Which community a request is for (ITI TF-2 3.18.4.1.2.3.8, 3.43.4.1.2)."""

from django.conf import settings

from naru.domain.registry_errors import ErrorCode, failure


def require_ours(home_community_id: str | None, location: str | None = None) -> None:
    """Raise XDSUnknownCommunity where another community is meant.

    A node that was given no id of its own takes every home for its own: a consumer may repeat what
    it was told elsewhere.
    """
    ours = settings.NARU.home_community
    if ours and home_community_id and home_community_id != f"urn:oid:{ours}":
        raise failure(
            ErrorCode.XDSUnknownCommunity, "homeCommunityId is not that of this community", location
        )
