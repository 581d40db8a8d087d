"""A paper of a referral that came or was opened at a door, told to the room of referrals.

An EMR that has its own screen for it needs no page of ours: what it sends by name to an institution
(ITI-41, ITI-65) stands in that institution's inbox, with the states, notices and proofs of any
other referral; and what it opens (ITI-43, ITI-68) is received as by a press at the page.
"""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.conf import settings

from naru.domain.clinical import ClinicalDocument
from naru.domain.referral_papers import Arrived, ReferralPapers
from naru.exchange.access import Access
from naru.registry.values import Indexed, Registered
from naru.repository import queries as repository
from naru.repository.values import Received

Take = Callable[[Access, Arrived], None]
Unopened = Callable[[Access, str], Sequence[UUID]]
Opened = Callable[[Access, UUID], None]


def tell(access: Access, registered: Registered, received: Mapping[str, Received]) -> None:
    """Tell of each such paper, in the transaction that registers it; `received` by uniqueId."""
    papers: ReferralPapers = settings.REFERRAL_PAPERS
    take: Take = settings.TAKE_REFERRAL
    for item in registered.entries:
        kind = papers.kind_of(item.format)
        to = tuple(one for one in item.recipients if one != item.institution)
        if kind and to and item.institution is not None:
            paper = papers.read(repository.content(received[item.unique_id]))
            take(access, _arrived(item, item.institution, kind, to, paper))


def unopened(access: Access, document: str) -> Sequence[UUID]:
    """The referrals of a paper that was sent to the caller, who has not opened it."""
    find: Unopened = settings.UNOPENED_REFERRALS
    return find(access, document)


def opened(access: Access, referral: UUID) -> None:
    """Tell that the caller opens the paper of one, in its transaction."""
    hear: Opened = settings.HEAR_OPENED
    hear(access, referral)


def _arrived(
    item: Indexed,
    sender: UUID,
    kind: str,
    recipients: tuple[UUID, ...],
    paper: ClinicalDocument | None,
) -> Arrived:
    return Arrived(
        kind=kind,
        unique_id=item.unique_id,
        patient=item.patient,
        sender=sender,
        recipients=recipients,
        department=item.department or "",
        document=paper,
    )
