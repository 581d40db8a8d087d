"""Patient-directed delivery (rule 6): chosen documents to one recipient, each opened once.

It ends by itself, and what is not opened yet can be recalled.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from naru.consent import services
from naru.consent.acts import ActKind
from naru.directory import queries as directory
from naru.domain.arrangements import Delivery
from naru.domain.institution import InstitutionKind
from naru.domain.korea import korean_day
from naru.exchange.access import Access, changing, reading
from naru.exchange.arranging import arranged, law, require, require_approved, say
from naru.exchange.charts import own_documents
from naru.exchange.consent.representing import speaks
from naru.patients import queries as patients

MOST_DOCUMENTS: Final = 100
"""Documents of one delivery."""


def direct(
    access: Access,
    patient: UUID,
    recipient: UUID,
    documents: Collection[str],
    *,
    purpose: str,
    days: int,
) -> UUID:
    """Let the recipient open these documents, by uniqueId, each once. Raises ConsentRefused."""
    with changing(access):
        given = direct_within(
            access,
            patient,
            recipient,
            documents,
            purpose=purpose,
            last=access.time + timedelta(days=days),
        )
        return given.id


def direct_within(
    access: Access,
    patient: UUID,
    recipient: UUID,
    documents: Collection[str],
    *,
    purpose: str,
    last: datetime,
) -> Delivery:
    """The same in the caller's transaction, until a moment. Raises ConsentRefused."""
    access.concerns(patient)
    require(speaks(access, patient) and purpose.strip())
    require(0 < len(documents) <= MOST_DOCUMENTS)
    require(access.time < last <= access.time + longest(access))
    require_approved(recipient, access)
    require(_opens(access, patient, recipient, documents))
    delivery = Delivery(
        id=uuid4(),
        since=access.time,
        until=last,
        recipient=recipient,
        documents=frozenset(documents),
        purpose=purpose.strip(),
    )
    say(access, patient, ActKind.DELIVERY, delivery=delivery)
    return delivery


def _opens(access: Access, patient: UUID, recipient: UUID, documents: Collection[str]) -> bool:
    """Whether nothing is chosen that the recipient never opens: of an insurer's only its papers."""
    to = directory.by_id(recipient, on=korean_day(access.time))
    if to is None or to.kind is not InstitutionKind.INSURER:
        return True
    return set(documents) <= own_documents.sendable(access, patient, to.kind)


def longest(access: Access) -> timedelta:
    """How long what is not opened may wait."""
    return timedelta(days=law(access).settings.delivery_days)


def recall(access: Access, patient: UUID, delivery: UUID) -> None:
    """Take back what the recipient has not opened. Raises ConsentRefused where there is nothing."""
    with changing(access):
        recall_within(access, patient, delivery)


def recall_within(access: Access, patient: UUID, delivery: UUID) -> None:
    """The same in the caller's transaction."""
    access.concerns(patient)
    require(speaks(access, patient))
    found = [each for one in arranged(patient) for each in one.deliveries]
    require(any(one.id == delivery and one.stands(access.time) for one in found))
    say(access, patient, ActKind.DELIVERY_RECALLED, ends=delivery)


def of_patient(access: Access, patient: UUID) -> tuple[Delivery, ...]:
    """The deliveries that wait to be opened. Raises ConsentRefused."""
    with reading(access):
        access.concerns(patient)
        require(speaks(access, patient))
        found = {each.id: each for one in arranged(patient) for each in one.deliveries}
        return tuple(one for one in found.values() if one.stands(access.time))


def open_within(access: Access, patient: UUID, document: str) -> bool:
    """Note that the caller opens the document, in its transaction; False if it was opened before.

    Of two who ask at once the second finds it opened: the acts of one patient take turns.
    """
    own = access.caller.institution
    held = [services.held(member) for member in sorted(patients.identity_set(patient))]
    waiting = {
        each.id: each
        for one in held
        if one is not None
        for each in one.arrangements.deliveries
        if each.recipient == own and document in each.unopened and each.stands(access.time)
    }
    if not waiting:
        return False
    first = min(waiting.values(), key=lambda one: one.until)
    say(
        access,
        patient,
        ActKind.DELIVERY_OPENED,
        ends=first.id,
        documents=frozenset({document}),
    )
    return True
