"""Page, desk and wire ask the same of an act of consent: its boxes, who says it, death, abuse."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from naru.accounts import people
from naru.accounts.values import Link, VerifiedPerson
from naru.consent import queries as consent
from naru.consent.errors import ConsentRefused
from naru.domain.arrangements import Relationship
from naru.domain.caller import Role
from naru.domain.consent_document import Scan
from naru.domain.consent_paper import NEEDED, Authority, Box, Representative
from naru.domain.person import Gender
from naru.domain.privacy_policies import Policy
from naru.domain.registry_errors import RegistryFailure
from naru.exchange.consent import mandates, wishes
from naru.exchange.consent import page_acts as consent_acts
from naru.exchange.sendings import delivery
from tests.exchange import papers
from tests.exchange.consent.test_documents import of_consent, signs
from tests.exchange.consent.test_page_acts import CARD, at, saying
from tests.exchange.hospitals import TODAY, Hospital, Patient, now
from tests.exchange.test_arrangements import by, by_patient

MOTHER = Representative(name="이어른", relationship="모")
PROVEN = replace(MOTHER, authority=Authority.POWER_OF_ATTORNEY, authority_number="TEST-위임-1")
CHILD = "20250101"


def page(_: Hospital, patient: Patient, boxes: frozenset[Box], who: Representative | None) -> None:
    said = saying(representative=who)
    consent_acts.consent(by_patient(patient), patient.key, said, boxes=boxes)


def desk(a: Hospital, patient: Patient, boxes: frozenset[Box], who: Representative | None) -> None:
    said = saying(representative=who, identified=CARD)
    consent_acts.consent(at(a), patient.key, said, boxes=boxes)


def wire(a: Hospital, patient: Patient, boxes: frozenset[Box], who: Representative | None) -> None:
    entry = of_consent(patient, Policy.CONSENT_WHOLE)
    said: dict[str, Any] = {"boxes": boxes or None, "representative": who}
    octets = papers.paper(
        entry.unique_id,
        patient.own,
        Policy.CONSENT_WHOLE,
        signed=now(),
        from_date=TODAY,
        **said,
    )
    signs(a, patient, Policy.CONSENT_WHOLE, entry=entry, octets=octets)


Door = Callable[[Hospital, Patient, frozenset[Box], Representative | None], None]
EVERY = pytest.mark.parametrize("door", [page, desk, wire])
WHERE_PAPERS_ARE_SEEN = pytest.mark.parametrize("door", [desk, wire])


def taken(
    door: Door,
    a: Hospital,
    patient: Patient,
    who: Representative | None = None,
    boxes: frozenset[Box] = NEEDED,
) -> bool:
    """Whether the door takes the consent; nothing stands where it does not."""
    try:
        door(a, patient, boxes, who)
    except (ConsentRefused, RegistryFailure):
        stands = consent.snapshot(patient.key)
        assert stands is None or not stands.consented
        return False
    return True


@EVERY
@pytest.mark.parametrize("boxes", [frozenset(), {Box.PERSONAL}, {Box.SENSITIVE, Box.IDENTIFYING}])
def test_without_both_boxes_no_door_takes_a_consent(door: Door, boxes: set[Box]) -> None:
    a = Hospital()
    assert not taken(door, a, a.patient(), boxes=frozenset(boxes))
    assert taken(door, a, a.patient())


def test_only_a_scanned_paper_may_keep_its_boxes_in_the_picture() -> None:
    a = Hospital()
    patient = a.patient()
    entry = of_consent(patient, Policy.CONSENT_WHOLE)
    octets = papers.paper(
        entry.unique_id,
        patient.own,
        Policy.CONSENT_WHOLE,
        signed=now(),
        from_date=TODAY,
        scan=Scan(b"%PDF-1.4"),
    )
    signs(a, patient, Policy.CONSENT_WHOLE, entry=entry, octets=octets)
    stands = consent.snapshot(patient.key)
    assert stands is not None
    assert stands.consented


@EVERY
def test_a_child_alone_consents_at_no_door(door: Door) -> None:
    a = Hospital()
    assert not taken(door, a, a.patient(born=CHILD))


@WHERE_PAPERS_ARE_SEEN
def test_for_a_child_its_parent_consents_unless_an_abuse_is_noted(door: Door) -> None:
    a = Hospital()
    child, flagged = a.patient(born=CHILD), a.patient(born=CHILD)
    mandates.flag_abuse(by(a, Role.PRIVACY_OFFICER), flagged.key, "시험")
    assert taken(door, a, child, MOTHER)
    assert not taken(door, a, flagged, MOTHER)


@WHERE_PAPERS_ARE_SEEN
def test_for_an_adult_speaks_who_shows_a_paper_or_has_a_mandate(door: Door) -> None:
    a = Hospital()
    alone, shown, flagged = a.patient(), a.patient(), a.patient()
    mandates.flag_abuse(by(a, Role.PRIVACY_OFFICER), flagged.key, "시험")
    assert not taken(door, a, alone, MOTHER)
    assert not taken(door, a, alone, replace(PROVEN, authority_number=" "))
    assert taken(door, a, shown, PROVEN)
    assert not taken(door, a, flagged, PROVEN)
    act = consent.acts(shown.key)[-1]
    assert act.said.representative == PROVEN


@WHERE_PAPERS_ARE_SEEN
def test_a_standing_mandate_shows_it_too_until_it_ends(door: Door) -> None:
    a = Hospital()
    patient = a.patient()
    mother = account("이 어른")
    mandate = mandates.give(
        by_patient(patient), patient.key, mother, Relationship.MANDATARY, last=TODAY
    )
    assert not taken(door, a, patient, replace(MOTHER, name="다른 이"))
    assert taken(door, a, patient, MOTHER)
    signs(a, patient, Policy.WITHDRAWAL_WHOLE)
    mandates.end(by_patient(patient), patient.key, mandate)
    assert not taken(door, a, patient, MOTHER)


@EVERY
def test_after_a_noted_death_no_door_takes_an_act(door: Door) -> None:
    a = Hospital()
    patient = a.patient()
    mandates.note_death(by(a, Role.PRIVACY_OFFICER), patient.key, TODAY, paper="TEST-1")
    assert not taken(door, a, patient)
    mandates.correct_death(by(a, Role.PRIVACY_OFFICER), patient.key, "시험")
    assert taken(door, a, patient)


def test_after_a_noted_death_nothing_is_withdrawn_kept_out_delivered_or_given() -> None:
    a, agency = Hospital(), Hospital()
    patient = a.patient()
    before = delivery.direct(
        by_patient(patient), patient.key, agency.id, ["TEST-1"], purpose="시험", days=3
    )
    mandates.note_death(by(a, Role.PRIVACY_OFFICER), patient.key, TODAY, paper="TEST-1")
    mine = by_patient(patient)
    refused: list[Callable[[], object]] = [
        lambda: consent_acts.withdraw(mine, patient.key, saying()),
        lambda: consent_acts.withdraw(at(a), patient.key, saying(identified=CARD)),
        lambda: wishes.never_in_emergency(mine, patient.key, never=True),
        lambda: wishes.refuse_emergencies(at(a), patient.key, saying(identified=CARD)),
        lambda: delivery.recall(mine, patient.key, before),
        lambda: delivery.direct(mine, patient.key, agency.id, ["x"], purpose="시험", days=3),
        lambda: mandates.give(mine, patient.key, uuid4(), Relationship.MANDATARY, last=date.max),
    ]
    for act in refused:
        with pytest.raises(ConsentRefused):
            act()
    with pytest.raises(RegistryFailure):
        signs(a, patient, Policy.WITHDRAWAL_WHOLE)
    # What was delivered before stands until its own end (design, section 7).
    stands = consent.snapshot(patient.key)
    assert stands is not None
    assert [one.id for one in stands.arrangements.deliveries] == [before]


def account(name: str) -> UUID:
    who = VerifiedPerson(
        name=name,
        born=date(1950, 1, 1),
        gender=Gender.FEMALE,
        di=f"TEST-{uuid4()}",
        phone="01000000000",
    )
    return people.sign_up(who, Link.UNKNOWN, None, now())
