"""Which community a request is for (ITI TF-2 3.18.4.1.2.3.8, 3.43.4.1.2)."""

from dataclasses import replace

from django.conf import settings

from naru.domain.registry_errors import ErrorCode, failure
from naru.domain.xds import Submission


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


def held_here(submission: Submission) -> Submission:
    """The submission as of this community, wherever it names one.

    homeCommunityId is of the community that holds the document (ITI TF-2 3.43.4.1.2). A consumer
    asks for a document by the id that its entry bears, so that one of a community where the
    document was before, as in a medium that is imported, would lead away from it.
    """
    ours = settings.NARU.home_community
    if not ours:
        return submission
    home = f"urn:oid:{ours}"
    own = submission.submission_set
    return replace(
        submission,
        submission_set=replace(own, home_community_id=own.home_community_id and home),
        entries=tuple(
            replace(one, home_community_id=one.home_community_id and home)
            for one in submission.entries
        ),
        folders=tuple(
            replace(one, home_community_id=one.home_community_id and home)
            for one in submission.folders
        ),
    )
