"""A reception's desk (접수처): who is registered at this institution, and registering somebody.

A desk acts for those whom its own institution has told of, since it is they who stand before it:
nobody is looked up whom another institution alone knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction

from naru.consent.errors import ConsentRefused, NotRegisteredHere
from naru.directory import queries as directory
from naru.domain.caller import Caller
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.domain.patient_messages import PatientAdd
from naru.domain.patient_query import PatientQuery
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName, Telecom
from naru.exchange import standing
from naru.exchange.access import Access, attempting, reading
from naru.exchange.institutions import participants
from naru.exchange.patients import identity as patient_identity
from naru.patients import domains
from naru.patients import queries as patients
from naru.patients import services as patient_services
from naru.patients.errors import TooLarge


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody who is registered here: by our own number, and by what we told of them."""

    patient: UUID
    number: str
    demographics: Demographics


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Whom a desk registers; `number` is the institution's own (등록번호)."""

    number: str
    name: str
    born: date
    gender: Gender
    telephone: str = ""


def by_number(access: Access, number: str) -> tuple[Known, ...]:
    """Whom our own number names; the look is recorded."""
    with reading(access):
        found = [
            resolved.patient
            for domain in _own_domains(access)
            if (resolved := patients.resolve(Identifier(number, domain)))
        ]
        return _known(access, found)


def by_name(access: Access, name: str, born: date) -> tuple[Known, ...]:
    """Everybody of that name and birth who is registered here; the look is recorded."""
    query = PatientQuery(names=(PersonName(text=name),), birth_time=f"{born:%Y%m%d}")
    try:
        found = patient_identity.demographics(access, query)
    except TooLarge:  # Longer than any person's name: nobody has it.
        return ()
    return _known(access, [one.patient for one in found if one.patient is not None])


def register(access: Access, newcomer: Newcomer) -> UUID:
    """Register somebody under our own number; raises `patients.errors.Refused`, ConsentRefused."""
    domain = _own_domain(access)
    told = Demographics(
        names=(PersonName(text=newcomer.name),),
        gender=newcomer.gender,
        birth_time=f"{newcomer.born:%Y%m%d}",
        telecoms=(Telecom(f"tel:{newcomer.telephone}"),) if newcomer.telephone else (),
    )
    record = PatientRecord(identifiers=(Identifier(newcomer.number, domain),), demographics=told)
    (taken,) = patient_identity.feed(access, (PatientAdd(record=record),))
    return taken.patient


def known(access: Access, patient: UUID) -> Known | None:
    """Somebody by their key, if they are registered here."""
    with reading(access):
        return next(iter(_known(access, [patient])), None)


def consents(access: Access, patient: UUID) -> bool:
    """Whether a general consent stands: all that a desk is told of it."""
    with reading(access):
        require_known(access, patient)
        return standing.consents(patient, access.time)


def named(access: Access, number: str) -> UUID:
    """Whom our own number names; NotRegisteredHere, recorded, where it names nobody."""
    for domain in _own_domains(access):
        found = patients.resolve(Identifier(number, domain))
        if found is not None:
            return found.patient
    with attempting(access):
        raise NotRegisteredHere("the number is nobody's at this institution")


def find(access: Access, number: str) -> UUID:
    """Whom our own number names, as a look that names nobody. Raises NotRegisteredHere."""
    found = named(access, number)
    with reading(access):
        return found


def number(access: Access, patient: UUID) -> str:
    """Our own number of somebody; empty where they are not registered here."""
    return next(iter(_numbers(access.caller, patient, korean_day(access.time))), "")


def require_known(access: Access, patient: UUID) -> None:
    """Raise NotRegisteredHere where an institution acts for whom it has not registered."""
    if not is_known(access, patient):
        raise NotRegisteredHere("the patient is not registered at this institution")


def is_known(access: Access, patient: UUID) -> bool:
    """Whether the patient is registered at the caller's institution; in a sandbox everybody is.

    Who is of no institution is not asked.
    """
    if access.caller.institution is None or settings.NARU.sandbox:
        return True
    return bool(_numbers(access.caller, patient, korean_day(access.time)))


def _known(access: Access, found: Sequence[UUID]) -> tuple[Known, ...]:
    day, here = korean_day(access.time), []
    for patient in dict.fromkeys(found):
        numbers = _numbers(access.caller, patient, day)
        if numbers:
            access.concerns(patient)
            here.append(
                Known(
                    patient=patient,
                    number=numbers[0],
                    demographics=patients.demographics(patient),
                )
            )
    return tuple(here)


def _numbers(caller: Caller, patient: UUID, on: date) -> list[str]:
    told = patients.identifiers([patient]).get(patient, ())
    return [one.value for one in told if participants.gives(caller, one.authority, on=on)]


def _own_domains(access: Access) -> list[str]:
    day = korean_day(access.time)
    return [one for one in domains.every() if participants.gives(access.caller, one, on=day)]


def _own_domain(access: Access) -> str:
    """The domain of our own numbers; that of the institution's OID where none was made yet."""
    if access.caller.institution is None:
        raise ConsentRefused("nobody registers who is of no institution")
    own = _own_domains(access)
    if own:
        return own[0]
    here = directory.by_id(access.caller.institution, on=korean_day(access.time))
    if here is None or here.oid is None:
        raise ConsentRefused("the institution has no OID for its own numbers")
    with transaction.atomic():
        patient_services.know_domain(here.oid)
    return here.oid
