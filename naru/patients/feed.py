"""A record that a Patient Identity Source adds or revises (ITI TF-2 3.44.4.1, 3.8.4.1)."""

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from naru.domain.caller import Caller
from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, PatientRecord, PersonName
from naru.patients import (
    arrival,
    bounds,
    domains,
    looking,
    names,
    recognising,
    resident_number,
    sealed,
    terms,
    turns,
)
from naru.patients.errors import (
    AlreadySubsumed,
    DifferentPatients,
    TooLarge,
    UnknownDomain,
    UnknownIdentifier,
)
from naru.patients.models import (
    Patient,
    PatientIdentifier,
    ResidentNumber,
    SearchToken,
    SourceRecord,
)

MAX_IDENTIFIERS = 100
"""What one record may bring; a person with more is several."""
MINTED_BYTES = 10
"""16 characters in base 32: nobody guesses another's, and none are ever given twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A feed's record, brought into the form in which it is kept."""

    identifiers: tuple[tuple[Identifier, bytes], ...]
    demographics: Demographics
    resident_number: str | None
    now: datetime
    by: Caller | None = None

    @property
    def leading(self) -> Identifier:
        """The identifier by whose domain the source is known: its own before the common one."""
        common = domains.affinity()
        own = [one for one, _ in self.identifiers if one.authority not in common]
        return (own or [self.identifiers[0][0]])[0]

    @property
    def linking_token(self) -> bytes | None:
        """The token that makes this the same person in two hospitals, if there is one."""
        number = self.resident_number
        if number is None or not resident_number.links(number):
            return None
        return sealed.resident_number_token(number)


def read(record: PatientRecord, now: datetime, by: Caller | None = None) -> Told:
    """What is kept of a record; raises `UnknownDomain` where none of its ids is of a domain."""
    if len(record.identifiers) > MAX_IDENTIFIERS:
        raise TooLarge("A record has more identifiers than any person.")
    _require_bounds(record.demographics)
    # ITI TF-2 3.44.4.1.4: identifiers of other domains, if present, are ignored.
    known = domains.known(one.authority for one in record.identifiers)
    kept = dict.fromkeys(one for one in record.identifiers if one.authority in known)
    if not kept:
        raise UnknownDomain("No identifier of the record is of a domain that is known here.")
    return Told(
        identifiers=tuple((one, sealed.identifier_token(one)) for one in kept),
        demographics=_without_resident_number(record.demographics),
        resident_number=_resident_number(record.demographics),
        now=now,
        by=by,
    )


def _require_bounds(told: Demographics) -> None:
    mother = told.mothers_maiden_name
    bounds.require(
        names=(*told.names, mother) if mother else told.names,
        addresses=told.addresses,
        telecoms=told.telecoms,
    )


def take_turn(told: Told) -> None:
    """Nobody else adds these identifiers or this person until the transaction ends."""
    shared = (told.linking_token, recognising.block_token(told.demographics))
    turns.take(*(token for _, token in told.identifiers), *filter(None, shared))


def known_rows(told: Told) -> list[PatientIdentifier]:
    """The stored identifiers among the record's, all of one person and none of them ended."""
    tokens = [token for _, token in told.identifiers]
    if not looking.is_any_known(tokens):
        return []
    rows = PatientIdentifier.objects.select_related("patient", "domain", "record")
    found = list(rows.filter(token__in=tokens).order_by("id"))
    if any(row.subsumed_by_id for row in found):
        raise AlreadySubsumed("An identifier of the record was ended by an earlier merge.")
    if len({row.patient.root for row in found}) > 1:
        raise DifferentPatients("The record's identifiers belong to different patients.")
    return found


def store_new(told: Told) -> Patient:
    """A person's first record: a new person's, who may be recognised as one who is known.

    Every source's patient is a person of its own, so that each link can be taken back.
    """
    patient = _new_patient()
    _store(told, patient, record=None, known=[])
    return arrival.recognise(patient, told.demographics, _heard(told))


def store_again(told: Told, known: Sequence[PatientIdentifier]) -> Patient:
    """What a source knows anew of a known person."""
    if not known:
        raise UnknownIdentifier("No identifier of the record is known.")
    of_source = [row for row in known if row.domain.oid == told.leading.authority and row.record]
    record = of_source[0].record if of_source else None
    patient = record.patient if record else known[0].patient
    before = arrival.fingerprint(record) if record else None
    kept = _store(told, patient, record=record, known=known)
    if before != arrival.fingerprint(kept):
        arrival.look_again(patient, kept, told.demographics, _heard(told))
    return patient


def _heard(told: Told) -> arrival.Heard:
    return arrival.Heard(
        authority=told.leading.authority, number=told.linking_token, now=told.now, by=told.by
    )


def _store(
    told: Told,
    patient: Patient,
    *,
    record: SourceRecord | None,
    known: Sequence[PatientIdentifier],
) -> SourceRecord:
    present = arrival.terms_of(record) if record else frozenset()
    record = record or SourceRecord(key=uuid4(), patient=patient)
    record.sealed = sealed.seal_demographics(told.demographics, record.key)
    record.updated = told.now
    record.save()
    _index(record, told.demographics, present)
    _number(record, told)
    stored = {bytes(row.token) for row in known}
    new = [(*one, record) for one in told.identifiers if one[1] not in stored]
    given = [] if known else _given(told)
    _keep_identifiers(patient, [*new, *given])
    return record


def _index(record: SourceRecord, demographics: Demographics, present: frozenset[bytes]) -> None:
    wanted = sealed.search_tokens(terms.of_record(demographics))
    if present - wanted:
        SearchToken.objects.filter(record=record, token__in=present - wanted).delete()
    SearchToken.objects.bulk_create(
        SearchToken(token=token, record=record) for token in sorted(wanted - present)
    )


def _number(record: SourceRecord, told: Told) -> None:
    """Keep the number told, the one before it as history, and what a human should look at."""
    number = told.resident_number
    if number is None:
        return
    token = sealed.resident_number_token(number)
    current = ResidentNumber.objects.filter(record=record, until=None)
    if not current.filter(token=token).exists():
        current.update(until=told.now)
        ResidentNumber.objects.create(
            record=record,
            token=token,
            sealed=sealed.seal_resident_number(number, record.key),
            own=resident_number.links(number),
            since=told.now,
        )
    record.sex_disagrees = resident_number.sex_disagrees(number, told.demographics.gender)
    others = ResidentNumber.objects.filter(token=token, until=None)
    record.resident_number_elsewhere = (
        resident_number.links(number)
        and others.exclude(record__patient__root=record.patient.root).exists()
    )
    record.save(update_fields=["sex_disagrees", "resident_number_elsewhere"])


def _new_patient() -> Patient:
    key = uuid4()
    return Patient.objects.create(key=key, root=key)


NewIdentifier = tuple[Identifier, bytes, SourceRecord | None]
"""With its token, and what its domain's source told."""


def _given(told: Told) -> list[NewIdentifier]:
    """Each person has an identifier of the affinity domain, ours unless the feed brought one."""
    common = domains.affinity()
    if any(one.authority in common for one, _ in told.identifiers):
        return []
    value = base64.b32encode(os.urandom(MINTED_BYTES)).decode()
    identifier = Identifier(value, domains.ours())
    return [(identifier, sealed.identifier_token(identifier), None)]


def _keep_identifiers(patient: Patient, new: Sequence[NewIdentifier]) -> None:
    if not new:
        return
    stored = domains.each(one.authority for one, _, _ in new)
    PatientIdentifier.objects.bulk_create(
        PatientIdentifier(
            token=token,
            domain=stored[identifier.authority],
            patient=patient,
            record=record,
            sealed=sealed.seal_identifier(identifier, token),
        )
        for identifier, token, record in new
    )


def _resident_number(demographics: Demographics) -> str | None:
    authority = domains.resident_numbers()
    told = (*demographics.other_ids, *demographics.register_ids)
    sent = [one.value for one in told if one.authority == authority != ""]
    return next(filter(None, map(resident_number.normal, sent)), None)


def _without_resident_number(demographics: Demographics) -> Demographics:
    """Names composed, and no 주민등록번호: it has a place of its own and never leaves with them.

    Of other registers nothing is kept, under whichever arc it comes: by such a number nobody is
    found or shown to be one person, as the text of consent says (개인정보 보호법 제24조).
    """
    mother = demographics.mothers_maiden_name
    return replace(
        demographics,
        names=tuple(map(_composed, demographics.names)),
        mothers_maiden_name=_composed(mother) if mother else None,
        other_ids=_kept_ids(demographics.other_ids),
        register_ids=(),
    )


def _kept_ids(sent: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
    """Those of domains known here, and none that reads as a 주민등록번호 in any of them."""
    known = domains.known(one.authority for one in sent) - {domains.resident_numbers()}
    return tuple(
        one for one in sent if one.authority in known and resident_number.normal(one.value) is None
    )


def _composed(name: PersonName) -> PersonName:
    return replace(
        name,
        text=names.composed(name.text) if name.text else None,
        family=names.composed(name.family) if name.family else None,
        birth_family=names.composed(name.birth_family) if name.birth_family else None,
        given=tuple(map(names.composed, name.given)),
    )
