"""A record has arrived: whose it is, and of whom a steward is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from naru.domain.caller import Caller
from naru.domain.korea import korean_day
from naru.domain.person import Demographics
from naru.patients import cases, joining, linking, recognising, sealed
from naru.patients.cases import Outcome
from naru.patients.joining import By, Deed
from naru.patients.linkage import weights
from naru.patients.models import Joining, Patient, ResidentNumber, SearchToken, SourceRecord
from naru.patients.recognising import Asked, Seen

Fingerprint = tuple[frozenset[bytes], frozenset[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """From which source, and when; `number` is the token of a number of one person's own."""

    authority: str
    number: bytes | None
    now: datetime
    by: Caller | None


def recognise(patient: Patient, told: Demographics, heard: Heard) -> Patient:
    """Link a new person's first record with who is known, where nothing speaks against it."""
    found, doubtful = recognising.settled(_asked(patient, told, heard, heard.number))
    if found is not None:
        _link(patient, found, heard)
    if doubtful:
        others = {one.patient: one.judgement for one in doubtful}
        cases.open_first(patient.key, others, heard.now)
    return Patient.objects.get(pk=patient.pk) if found is not None else patient


def look_again(patient: Patient, record: SourceRecord, told: Demographics, heard: Heard) -> None:
    """Ask a steward of whom a changed record now looks like; by itself it changes nobody."""
    numbers = linking.numbers_of([record.pk]).get(record.pk, (None, frozenset()))
    seen = recognising.seen(_asked(patient, told, heard, *numbers))
    for one in seen[: recognising.MAX_CASES]:
        if one.person != patient.root:
            cases.open_case(patient.key, one.patient, one.judgement, heard.now)


def fingerprint(record: SourceRecord) -> Fingerprint:
    """What of a record matters for whom it looks like, without opening it."""
    numbers = ResidentNumber.objects.filter(record=record).values_list("token", flat=True)
    return terms_of(record), _bytes(numbers)


def terms_of(record: SourceRecord) -> frozenset[bytes]:
    """The tokens by which a record is found."""
    return _bytes(SearchToken.objects.filter(record=record).values_list("token", flat=True))


def _bytes(stored: Iterable[sealed.Stored]) -> frozenset[bytes]:
    return frozenset(map(bytes, stored))


def _asked(
    patient: Patient,
    told: Demographics,
    heard: Heard,
    number: bytes | None,
    former: frozenset[bytes] = frozenset(),
) -> Asked:
    return Asked(
        told=told,
        number=number,
        former=former,
        authority=heard.authority,
        patient=patient.key,
        year=korean_day(heard.now).year,
    )


def _link(patient: Patient, found: Seen, heard: Heard) -> None:
    judged = found.judgement
    # The reason names no person: what agreed, what it weighed, and by which weights.
    why = f"{judged.reason} {judged.bits:.1f} {weights.shipped().weights.version}"
    by = By(now=heard.now, caller=heard.by, why=why)
    joining.join(Deed.RECOGNISED, patient.key, found.patient, by)
    made = Joining.objects.filter(patient=patient.key).latest("id")
    (case,) = cases.open_first(patient.key, {found.patient: judged}, heard.now)
    cases.decide(case, Outcome.RECOGNISED, by, made)
