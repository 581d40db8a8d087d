"""Rule 12: what the patient keeps out, and what policy hides until the patient shows it."""

from uuid import UUID

from naru.consent.asked import Asked, Verdict
from naru.consent.snapshots import NO_EXCLUSIONS, Exclusions
from naru.domain.decision import Decision, Item, Reason


def exclusions(asked: Asked) -> Verdict:
    """Rule 12: excluded items are denied, by source, viewer, department or document."""
    refusal = asked.deny(12, Reason.EXCLUDED)
    # Who may not look may still write: the patient chooses source and viewer separately.
    viewer = asked.requester.institution if asked.reads else None
    if asked.snapshot is None or asked.snapshot.exclusions == NO_EXCLUSIONS:
        return None
    if viewer is not None and viewer in asked.snapshot.exclusions.viewers:
        return refusal
    kept_out = asked.snapshot.exclusions

    def judge(item: Item) -> Decision | None:
        return refusal if keeps_out(kept_out, item) else None

    return judge


def hidden_by_default(asked: Asked) -> Verdict:
    """Rule 12: sensitive kinds and psychiatry, where policy hides them; psychiatry is no statute's.

    Hidden from readers, not from being entered: the patient may show them later.
    """
    settings = asked.settings
    codes = settings.sensitive_codes if settings.sensitive_hidden else frozenset[str]()
    wards = settings.psychiatry_departments if settings.psychiatry_hidden else frozenset[str]()
    if not (codes or wards) or not asked.reads or asked.arrangements.shows_sensitive:
        return None
    refusal = asked.deny(12, Reason.HIDDEN_BY_DEFAULT)

    def judge(item: Item) -> Decision | None:
        hidden = (item.department or "").partition("^^")[0] in wards
        return refusal if hidden or item.bears(codes) else None

    return judge


def excluded(asked: Asked, item: Item, *, viewer: UUID | None) -> bool:
    """Whether the patient keeps the item out, or out of that viewer's sight."""
    if asked.snapshot is None:
        return False
    kept_out = asked.snapshot.exclusions
    return viewer in kept_out.viewers or keeps_out(kept_out, item)


def keeps_out(kept_out: Exclusions, item: Item) -> bool:
    """Whether the item is kept out, whoever looks."""
    return (
        item.document in kept_out.documents
        or item.institution in kept_out.sources
        or of_department(kept_out, item.institution, item.department)
    )


def of_department(kept_out: Exclusions, source: UUID | None, department: str | None) -> bool:
    """Whether what that department wrote is kept out, everywhere or at that source."""
    return department in kept_out.departments or (source, department) in kept_out.departments_at
