"""Drawn histories of access records, and what they come to by plain counting."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

from naru.audit import services as audit
from naru.audit.chain import read_body
from naru.audit.models import Record
from naru.audit.records import AccessRecord, AuditedObject, Outcome
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.korea import KST

TRANSACTIONS = ("ITI-18", "ITI-41", "ITI-43", "ITI-65", "consent", "FHIR read")


def record(
    time: datetime,
    institution: UUID | None = None,
    transaction: str = "ITI-18",
    outcome: Outcome = Outcome.SUCCESS,
    documents: int = 0,
    errors: tuple[str, ...] = (),
) -> None:
    """Keep one access record."""
    caller = Caller(
        role=Role.SYSTEM,
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.CERTIFICATE,
        institution=institution,
    )
    audit.record_now(
        AccessRecord(
            transaction=transaction,
            caller=caller,
            outcome=outcome,
            time=time,
            request_id=uuid4(),
            objects=tuple(AuditedObject("document", f"2.25.{n}") for n in range(documents)),
            errors=errors,
        )
    )


def drawn(seed: int, institutions: list[UUID], last: datetime, number: int = 120) -> None:
    """A history by chance: of these institutions and of citizens, in the eighty days before."""
    chance = Random(seed)
    times = sorted(last - timedelta(days=80) * chance.random() for _ in range(number))
    for time in times:
        outcome = Outcome.SUCCESS
        if chance.random() < 0.2:
            outcome = chance.choice([Outcome.MINOR_FAILURE, Outcome.SERIOUS_FAILURE])
        who = chance.choice([*institutions, None])
        record(time, who, chance.choice(TRANSACTIONS), outcome, chance.randrange(3))


def in_the_log() -> Counter[tuple[str, UUID | None, str, Outcome]]:
    """Every record of the audit log by month of Korea, institution, transaction and outcome."""
    bodies = [read_body(bytes(one)) for one in Record.objects.values_list("body", flat=True)]
    return Counter(
        (f"{one.time.astimezone(KST):%Y-%m}", one.institution, one.transaction, one.outcome)
        for one in bodies
    )


NOON = datetime(2026, 10, 20, 3, tzinfo=UTC)
"""Noon in Korea of a Tuesday."""
