"""Changes of the terminology: a release is examined, put in place unseen, and published."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from naru.domain.terminology import Difference, Release, code_system
from naru.terminology import built_in, models
from naru.terminology.loading import Plan, examine, publish, stage

__all__ = ["Plan", "examine", "is_known", "load", "load_built_in", "publish", "stage"]


def load(release: Release, *, now: datetime, loaded_by: UUID | None = None) -> Difference:
    """Load a release whole. Raises what `examine` and `publish` raise."""
    plan = examine(release)
    if not plan.difference.nothing or not is_known(release):
        publish(plan, stage(plan, now=now, loaded_by=loaded_by), now=now)
    return plan.difference


def load_built_in(*, now: datetime) -> None:
    """Bring the code systems that ship with Naru up to this version; nothing if they are."""
    for release in built_in.releases():
        if not is_known(release):
            with transaction.atomic():  # A node that starts twice at once loads them once.
                load(release, now=now)


def is_known(release: Release) -> bool:
    """Whether just this release was loaded already."""
    return models.Release.objects.filter(
        system=code_system(release.system).number,
        version=release.version,
        since=release.since,
        digest=release.digest,
        loaded__isnull=False,
    ).exists()
