from datetime import date, timedelta
from uuid import uuid4

import pytest

from naru.directory import queries, services
from naru.directory.errors import (
    AlreadyDesignated,
    NestedOid,
    NotAHub,
    NotLater,
    UnknownCertificate,
    UnknownInstitution,
)
from naru.directory.models import Designation
from naru.directory.models import Institution as InstitutionRow
from naru.domain.institution import Institution, InstitutionKind

pytestmark = pytest.mark.django_db

START, CHANGE = date(2026, 1, 1), date(2026, 7, 1)
BEFORE = CHANGE - timedelta(days=1)


def a_hospital(name: str = "시험병원", code: str | None = "TEST-1") -> Institution:
    return services.admit(name=name, kind=InstitutionKind.MEMBER, code=code, on=START)


def whose(code: str, on: date) -> str | None:
    found = queries.by_code(code, on=on)
    return found.name if found else None


def test_an_institution_is_found_by_each_of_its_names() -> None:
    admitted = services.admit(
        name="시험병원", kind=InstitutionKind.HUB, oid="2.999.5", code="TEST-1", on=START
    )
    services.add_certificate(admitted.id, "AB:CD", from_date=START)
    assert queries.by_id(admitted.id, on=START) == admitted
    assert queries.by_oid("2.999.5", on=START) == admitted
    assert queries.by_code("TEST-1", on=START) == admitted
    assert queries.by_fingerprint("abcd", on=START) == admitted
    assert queries.all_institutions(on=START) == (admitted,)


def test_nobody_is_found_before_their_first_day() -> None:
    a_hospital()
    assert whose("TEST-1", START - timedelta(days=1)) is None


def test_an_old_code_still_means_the_institution_on_old_days() -> None:
    hospital = a_hospital()
    services.change_code(hospital.id, "TEST-2", from_date=CHANGE)
    old, new = queries.by_code("TEST-1", on=BEFORE), queries.by_code("TEST-2", on=CHANGE)
    assert old is not None
    assert new is not None
    assert (old.id, old.code) == (hospital.id, "TEST-1")
    assert (new.id, new.code) == (hospital.id, "TEST-2")
    assert queries.by_code("TEST-1", on=CHANGE) is None
    assert queries.by_code("TEST-2", on=BEFORE) is None


def test_two_institutions_swap_codes_on_one_day() -> None:
    a, b = a_hospital("가", "TEST-1"), a_hospital("나", "TEST-2")
    services.change_codes({a.id: "TEST-2", b.id: "TEST-1"}, from_date=CHANGE)
    assert [whose("TEST-1", BEFORE), whose("TEST-2", BEFORE)] == ["가", "나"]
    assert [whose("TEST-1", CHANGE), whose("TEST-2", CHANGE)] == ["나", "가"]


def test_a_code_means_one_institution_on_any_day() -> None:
    a_hospital("가", "TEST-1")
    other = a_hospital("나", "TEST-2")
    with pytest.raises(AlreadyDesignated):
        services.change_code(other.id, "TEST-1", from_date=CHANGE)
    assert whose("TEST-2", CHANGE) == "나"
    with pytest.raises(AlreadyDesignated):
        services.admit(name="다", kind=InstitutionKind.MEMBER, code="TEST-1", on=CHANGE)
    assert len(queries.all_institutions(on=CHANGE)) == 2


def test_a_change_does_not_rewrite_the_past() -> None:
    hospital = a_hospital()
    with pytest.raises(NotLater):
        services.change_code(hospital.id, "TEST-2", from_date=START)


def test_a_suspension_holds_at_the_next_question_and_not_before_its_day() -> None:
    hospital = a_hospital()
    assert queries.is_admitted(hospital.id, on=CHANGE)
    services.suspend(hospital.id, on=CHANGE)
    assert not queries.is_admitted(hospital.id, on=CHANGE)
    assert queries.is_admitted(hospital.id, on=BEFORE)
    found = queries.by_code("TEST-1", on=CHANGE)
    assert found is not None
    assert not found.approved
    services.approve(hospital.id, on=CHANGE)
    assert queries.is_admitted(hospital.id, on=CHANGE)


def test_while_its_hub_is_suspended_a_member_takes_no_part_either() -> None:
    hub = services.admit(name="거점", kind=InstitutionKind.HUB, on=START)
    spoke = services.admit(name="협력", kind=InstitutionKind.MEMBER, hub=hub.id, on=START)
    other = a_hospital()
    services.suspend(hub.id, on=CHANGE)
    assert queries.is_admitted(spoke.id, on=BEFORE)
    assert not queries.is_admitted(spoke.id, on=CHANGE)
    assert queries.is_admitted(other.id, on=CHANGE)
    services.approve(hub.id, on=CHANGE)
    assert queries.is_admitted(spoke.id, on=CHANGE)
    services.suspend(spoke.id, on=CHANGE)
    assert not queries.is_admitted(spoke.id, on=CHANGE)
    assert queries.is_admitted(hub.id, on=CHANGE)


def test_nobody_unknown_is_admitted() -> None:
    assert not queries.is_admitted(uuid4(), on=START)
    with pytest.raises(UnknownInstitution):
        services.suspend(uuid4(), on=START)


def test_several_certificates_hold_at_once_until_one_is_revoked() -> None:
    hospital = a_hospital()
    services.add_certificate(hospital.id, "AA", from_date=START)
    services.add_certificate(hospital.id, "BB", from_date=START, to_date=CHANGE)
    services.revoke_certificate("A:A", on=CHANGE)
    assert queries.by_fingerprint("aa", on=BEFORE) is not None
    assert queries.by_fingerprint("aa", on=CHANGE) is None
    assert queries.by_fingerprint("bb", on=BEFORE) is not None
    assert queries.by_fingerprint("bb", on=CHANGE) is None
    with pytest.raises(UnknownCertificate):
        services.revoke_certificate("aa", on=CHANGE)


def test_a_certificate_is_one_institutions() -> None:
    first, second = a_hospital("가", "TEST-1"), a_hospital("나", "TEST-2")
    services.add_certificate(first.id, "aa", from_date=START)
    with pytest.raises(AlreadyDesignated):
        services.add_certificate(second.id, "AA", from_date=START)


def test_a_hub_has_spokes_and_a_spoke_has_none() -> None:
    hub = services.admit(name="거점", kind=InstitutionKind.HUB, on=START)
    spoke = services.admit(name="협력", kind=InstitutionKind.MEMBER, hub=hub.id, on=START)
    assert queries.spokes(hub.id, on=START) == (spoke,)
    with pytest.raises(NotAHub):
        services.admit(name="다른", kind=InstitutionKind.MEMBER, hub=spoke.id, on=START)
    with pytest.raises(NotAHub):
        services.admit(name="다른", kind=InstitutionKind.HUB, hub=hub.id, on=START)


def test_an_institution_without_a_code_is_found_by_its_key() -> None:
    hospital = a_hospital(code=None)
    found = queries.by_id(hospital.id, on=START)
    assert found is not None
    assert found.code is None


@pytest.mark.parametrize("oid", ["2.999.10.1", "2.999", "2.999.10.1.7"])
def test_no_oid_stands_under_or_above_anothers(oid: str) -> None:
    services.admit(name="가", kind=InstitutionKind.HUB, oid="2.999.10", on=START)
    other = a_hospital("나")
    with pytest.raises(NestedOid):
        services.admit(name="다", kind=InstitutionKind.MEMBER, oid=oid, on=START)
    with pytest.raises(NestedOid):
        services.change_oid(other.id, oid, from_date=CHANGE)
    assert len(queries.all_institutions(on=START)) == 2


def test_a_neighbouring_oid_and_an_arc_of_ones_own_are_no_anothers() -> None:
    one = services.admit(name="가", kind=InstitutionKind.HUB, oid="2.999.10", on=START)
    services.admit(name="나", kind=InstitutionKind.HUB, oid="2.999.101", on=START)
    services.change_oid(one.id, "2.999.10.1", from_date=CHANGE)
    assert queries.by_oid("2.999.10.1", on=CHANGE) is not None


def test_an_arc_is_of_the_nearest_institution_above_it() -> None:
    hub = services.admit(name="가", kind=InstitutionKind.HUB, oid="2.999.10", on=START)
    assert queries.by_arc("2.999.10", on=START) == hub
    assert queries.by_arc("2.999.10.1.5", on=START) == hub
    assert queries.by_arc("2.999.101", on=START) is None
    # What was admitted before nested arcs were refused: the nearer speaks for itself.
    member = a_hospital("나")
    Designation.objects.create(
        institution=InstitutionRow.objects.get(key=member.id),
        system="oid",
        value="2.999.10.1",
        valid_from=START,
    )
    found = queries.by_arc("2.999.10.1.5", on=START)
    assert found is not None
    assert found.id == member.id
