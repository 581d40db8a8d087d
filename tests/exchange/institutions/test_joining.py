"""From recruiting to the end of an agreement, by the services that pages and commands call."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.test import override_settings

from naru.accounts import people
from naru.accounts.values import Link, Method, Post, Session, VerifiedPerson
from naru.directory import certificates as kept
from naru.directory import queries
from naru.directory.errors import (
    DirectoryRefused,
    Incomplete,
    NoticeTooShort,
    NotThisParty,
    NotThisStep,
    UnknownCase,
    UnknownCertificate,
)
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.joining import Case, Kind, Party, State
from naru.domain.korea import korean_day
from naru.domain.person import Gender
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.institutions import certificates, joining
from naru.notifications.models import Notice
from naru.security.authority import create_authority
from tests.exchange.hospitals import Hospital, now

ROOT = "2.999.77"


@pytest.fixture(autouse=True)
def _node(_real: None) -> Iterator[None]:
    options = replace(settings.NARU, oid_root=ROOT, operating_body="시험진흥원")
    create_authority(options.authority, datetime.now(UTC))
    with override_settings(NARU=options):
        yield


class Joining:
    """A hub, a spoke that joins, and the operating body."""

    def __init__(self) -> None:
        self.hub = Hospital()
        self.case = joining.recruit(self.of_hub(), "이음의원", hub=self.hub.id)

    def of_hub(self, role: Role = Role.HUB_ADMIN) -> Access:
        return access(role, self.hub.id)

    def of_spoke(self, role: Role = Role.DIRECTOR) -> Access:
        return access(role, self.case.institution)

    def recorded(self, who: Access, acting: Party | None = None, **changed: str) -> Case:
        step = self.case.procedure.step(self.case.step)
        content = {one.id: "yes" if one.agreed else f"TEST-{one.id}" for one in step.fields}
        given = content | changed
        self.case = joining.record(
            who,
            self.case.id,
            step.id,
            given,
            acting=acting,
            identified=given.get("identified", ""),
        )
        return self.case

    def to(self, step: str) -> None:
        while self.case.step != step:
            self.forward()

    def forward(self) -> None:
        step = self.case.procedure.step(self.case.step)
        if step.needs:
            joining.request_certificate(operator(), self.case.id, request())
        if step.signed:
            self.recorded(self.of_hub(Role.DIRECTOR))
            self.recorded(self.of_spoke())
        elif Party.HUB in step.by:
            self.recorded(self.of_hub())
        else:
            self.recorded(self.of_spoke() if Party.SPOKE in step.by else operator())


def access(role: Role, institution: UUID | None, person: UUID | None = None) -> Access:
    caller = Caller(
        role=role,
        purpose=PurposeOfUse.OPERATIONS,
        assurance=Assurance.SESSION,
        institution=institution,
        person=person,
    )
    return Access(transaction="joining step", caller=caller, time=now())


def operator() -> Access:
    return Access(transaction="joining step", caller=identify.operator(), time=now())


def request(key: ec.EllipticCurvePrivateKey | None = None) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "whatever they call themselves")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    signed = builder.sign(key or ec.generate_private_key(ec.SECP256R1()), SHA256())
    return signed.public_bytes(Encoding.PEM)


def der(pem: bytes) -> bytes:
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def enters(pem: bytes, at: datetime) -> bool:
    try:
        identify.at_wire(der(pem), address="192.0.2.1", now=at)
    except identify.NotIdentified:
        return False
    return True


def live(institution: UUID) -> bytes:
    return next(one.pem for one in kept.of_institution(institution, on=now()) if not one.test)


@pytest.fixture
def begun() -> Joining:
    return Joining()


@pytest.fixture
def joined(begun: Joining) -> Joining:
    while begun.case.state is State.OPEN:
        begun.forward()
    return begun


def test_a_spoke_exchanges_nothing_until_each_step_is_recorded(begun: Joining) -> None:
    steps = [one.id for one in begun.case.procedure.steps]
    for step in steps:
        assert begun.case.step == step
        assert not queries.is_admitted(begun.case.institution, on=now())
        begun.forward()
    assert begun.case.state is State.DONE
    assert queries.is_admitted(begun.case.institution, on=now())
    found = queries.by_id(begun.case.institution, on=now())
    assert found is not None
    assert (found.oid, found.code) == (f"{ROOT}.10.1", "TEST-code")
    assert found.hub == begun.hub.id


def test_the_test_certificate_opens_nothing_and_the_real_one_from_admission_on(
    begun: Joining,
) -> None:
    begun.to("installation")
    with pytest.raises(Incomplete):
        begun.recorded(begun.of_hub())
    key = ec.generate_private_key(ec.SECP256R1())
    made = joining.request_certificate(begun.of_spoke(), begun.case.id, request(key))
    subject = x509.load_pem_x509_certificate(made.certificate).subject
    assert "OU=TEST" in subject.rfc4514_string()
    assert "O=이음의원" in subject.rfc4514_string()
    begun.recorded(begun.of_hub())
    begun.to("operation")
    assert not enters(made.certificate, now())
    begun.recorded(operator())
    assert not enters(made.certificate, now())
    real = live(begun.case.institution)
    assert enters(real, now())
    assert x509.load_pem_x509_certificate(real).public_key() == key.public_key()


def test_both_directors_sign_and_an_identical_original_lies_in_each_store(
    begun: Joining,
) -> None:
    begun.to("agreement")
    for wrong in (begun.of_hub(), begun.of_spoke(Role.NURSE), operator()):
        with pytest.raises(NotThisParty):
            begun.recorded(wrong)
    begun.recorded(begun.of_spoke(), name="이음대표", identified="본인확인")
    begun.recorded(operator(), acting=Party.HUB, name="거점대표", identified="대면 신분증")
    originals = [one for one in begun.case.sheets if one.kind == "표준협약서"]
    assert {one.holder for one in originals} == {begun.hub.id, begun.case.institution}
    assert len({one.sha256 for one in originals}) == 1
    first, second = (joining.sheet(operator(), begun.case.id, one.id) for one in originals)
    assert first == second
    authority = (settings.NARU.authority / "ca.pem").read_bytes()
    signed = settings.PRESS.signatures(first, authorities=[authority])
    assert [one.name for one in signed] == ["이음대표", "거점대표"]
    assert all(one.whole and one.trusted for one in signed)
    assert not [one for one in begun.case.sheets if one.kind.startswith("서명 전")]
    assert begun.case.entries[-1].content["entered-by"] == Party.OPERATOR


def test_a_director_signs_only_when_identified_for_it(begun: Joining) -> None:
    begun.to("agreement")
    content = {"name": "이음대표", "identified": "본인확인"}  # As a form could say it.
    with pytest.raises(NotThisParty):
        joining.record(begun.of_spoke(), begun.case.id, "agreement", content)
    assert not begun.case.sheets[-1].holder
    begun.recorded(begun.of_spoke(), identified="로그인과 본인확인")
    assert begun.case.entries[-1].content["identified"] == "로그인과 본인확인"


def test_a_hub_hands_in_no_key_of_its_own_for_its_spoke(begun: Joining) -> None:
    """Else it would hold a certificate by which it speaks as the spoke."""
    begun.to("installation")
    for role in (Role.HUB_ADMIN, Role.DIRECTOR):
        with pytest.raises(NotThisParty):
            joining.request_certificate(begun.of_hub(role), begun.case.id, request())
    with pytest.raises(NotThisParty):
        joining.request_certificate(begun.of_spoke(Role.NURSE), begun.case.id, request())
    assert not kept.has_test(begun.case.institution)
    joining.request_certificate(begun.of_spoke(), begun.case.id, request())
    assert kept.has_test(begun.case.institution)


def test_whoever_moves_no_step_of_a_party_ends_and_returns_no_case_either(begun: Joining) -> None:
    begun.to("hub-review")
    for who in (begun.of_hub(Role.DIRECTOR), begun.of_hub(Role.NURSE), begun.of_spoke(Role.NURSE)):
        with pytest.raises(NotThisParty):
            joining.close(who, begun.case.id, "왜")
    with pytest.raises(NotThisParty):
        joining.give_back(begun.of_hub(Role.DIRECTOR), begun.case.id, "hub-review", "왜")
    joining.close(begun.of_hub(), begun.case.id, "왜")


def an_account(name: str) -> UUID:
    person = VerifiedPerson(
        name=name, born=date(1970, 1, 1), gender=Gender.FEMALE, di=f"TEST-{uuid4()}"
    )
    return people.sign_up(person, Link.UNKNOWN, None, now())


def test_a_director_signs_under_the_verified_name_and_no_other(begun: Joining) -> None:
    begun.to("agreement")
    unknown = access(Role.DIRECTOR, begun.hub.id, uuid4())
    with pytest.raises(NotThisParty):
        begun.recorded(unknown)
    director = access(Role.DIRECTOR, begun.hub.id, an_account("최거점"))
    begun.recorded(director, name="다른이름")
    assert begun.case.entries[-1].content["name"] == "최거점"
    draft = joining.sheet(operator(), begun.case.id, begun.case.sheets[-1].id)
    (signed,) = settings.PRESS.signatures(draft, authorities=[])
    assert signed.name == "최거점"


def test_a_director_signs_in_for_an_institution_that_is_joining_and_a_doctor_does_not(
    begun: Joining,
) -> None:
    def session(role: Role) -> Session:
        post = Post(
            id=uuid4(),
            account=uuid4(),
            institution=begun.case.institution,
            role=role,
            name="시험",
            department="",
            licence="",
            first_day=date(2026, 1, 1),
            last_day=None,
            ended=False,
        )
        return Session(
            id=uuid4(),
            account=uuid4(),
            method=Method.PASSKEY,
            begun=now(),
            passkey_shown=None,
            identity_shown=None,
            patient=None,
            link=Link.UNKNOWN,
            post=post,
            represented=None,
        )

    caller = identify.by_session(session(Role.DIRECTOR), address="", now=now())
    assert (caller.role, caller.institution) == (Role.DIRECTOR, begun.case.institution)
    with pytest.raises(identify.NotIdentified):
        identify.by_session(session(Role.DOCTOR), address="", now=now())


def test_applications_become_papers_and_are_seen_by_the_three_parties_alone(
    begun: Joining,
) -> None:
    begun.to("hub-review")
    assert [one.kind for one in begun.case.sheets] == ["이용신청서", "교류객체등록번호 신청서"]
    for who in (begun.of_hub(), begun.of_spoke(), operator()):
        assert [one.id for one in joining.inbox(who)] == [begun.case.id]
        pdf = joining.sheet(who, begun.case.id, begun.case.sheets[0].id)
        assert pdf.startswith(b"%PDF-1.7")
    other = Hospital()
    stranger = access(Role.HUB_ADMIN, other.id)
    assert joining.inbox(stranger) == ()
    for act in (
        lambda: joining.case(stranger, begun.case.id),
        lambda: joining.sheet(stranger, begun.case.id, begun.case.sheets[0].id),
        lambda: begun.recorded(stranger),
        lambda: joining.close(stranger, begun.case.id, "왜"),
        lambda: joining.request_certificate(stranger, begun.case.id, request()),
    ):
        with pytest.raises(UnknownCase):
            act()


def test_the_case_stands_in_the_inbox_of_whom_it_awaits_and_they_are_told(
    begun: Joining,
) -> None:
    begun.to("application")
    (case,) = joining.inbox(begun.of_spoke())
    assert joining.awaited_of(begun.of_spoke().caller, case)
    assert not joining.awaited_of(begun.of_hub().caller, case)
    told = Notice.objects.filter(recipient=begun.case.institution, kind="joining-step")
    assert told.count() == 1
    begun.to("agreement")
    signing = Notice.objects.filter(kind="agreement-to-sign")
    assert {one.recipient for one in signing} == {begun.hub.id, begun.case.institution}


def test_people_of_another_role_record_nothing(begun: Joining) -> None:
    with pytest.raises(NotThisParty):
        begun.recorded(begun.of_hub(Role.DOCTOR))
    begun.to("application")
    with pytest.raises(NotThisParty):
        begun.recorded(begun.of_spoke(Role.RECEPTION))
    with pytest.raises(NotThisParty):
        begun.recorded(begun.of_hub(), acting=Party.SPOKE)
    with pytest.raises(NotThisParty):
        joining.recruit(access(Role.HUB_ADMIN, Hospital().id), "남의", hub=begun.hub.id)


def test_a_certificate_is_suspended_resumed_and_revoked_from_the_next_connection_on(
    joined: Joining,
) -> None:
    pem = live(joined.case.institution)
    fingerprint = x509.load_pem_x509_certificate(pem).fingerprint(SHA256()).hex()
    for _ in range(2):
        certificates.suspend(operator(), fingerprint)
        assert not enters(pem, now())
        certificates.resume(operator(), fingerprint)
        assert enters(pem, now())
    with pytest.raises(UnknownCertificate):
        certificates.resume(operator(), fingerprint)
    certificates.suspend(operator(), fingerprint)
    certificates.revoke(operator(), fingerprint)
    assert not enters(pem, now())
    with pytest.raises(UnknownCertificate):
        certificates.resume(operator(), fingerprint)
    again = certificates.certify(operator(), joined.case.institution, request())
    assert enters(again.certificate, now())
    certificates.revoke(operator(), again.fingerprint_sha256)
    assert not enters(again.certificate, now())


@pytest.mark.parametrize("given", [b"", b"-----BEGIN", request()[:-80], b"x" * 100_000])
def test_what_is_no_request_is_refused(begun: Joining, given: bytes) -> None:
    begun.to("installation")
    with pytest.raises(Incomplete):
        joining.request_certificate(begun.of_spoke(), begun.case.id, given)


def test_a_request_that_another_key_signed_is_refused(begun: Joining) -> None:
    begun.to("installation")
    mine = x509.load_pem_x509_csr(request()).public_bytes(Encoding.DER)
    forged = bytearray(mine)
    forged[-1] ^= 1
    pem = x509.load_der_x509_csr(bytes(forged)).public_bytes(Encoding.PEM)
    with pytest.raises(Incomplete):
        joining.request_certificate(begun.of_spoke(), begun.case.id, pem)


def test_a_changed_code_goes_through_the_hub_and_old_documents_still_resolve(
    joined: Joining,
) -> None:
    joined.case = joining.begin(joined.of_spoke(), Kind.CHANGE, joined.case.institution)
    day = korean_day(now()) + timedelta(days=30)
    with pytest.raises(Incomplete):
        joined.recorded(joined.of_spoke(), code="TEST-new", **{"from": "내일"})
    joined.recorded(joined.of_spoke(), code="TEST-new", **{"from": day.isoformat()})
    (case,) = [one for one in joining.inbox(joined.of_hub()) if one.state is State.OPEN]
    assert case.step == "hub-review"
    joined.recorded(joined.of_hub())
    joined.recorded(operator())
    old = queries.by_code("TEST-code", on=day - timedelta(days=1))
    new = queries.by_code("TEST-new", on=day)
    assert old is not None
    assert new is not None
    assert old.id == new.id == joined.case.institution
    assert queries.by_code("TEST-code", on=day) is None


def test_access_stops_at_the_second_of_which_notice_was_given(joined: Joining) -> None:
    pem = live(joined.case.institution)
    joined.case = joining.begin(joined.of_spoke(), Kind.TERMINATION, joined.case.institution)
    with pytest.raises(NoticeTooShort):
        joined.recorded(joined.of_spoke(), until=(now() + timedelta(days=29)).isoformat())
    told = joined.of_spoke()
    joined.recorded(told, until="")
    end = told.time + timedelta(days=30)
    assert joined.case.content("notice")["until"] == end.isoformat()
    assert enters(pem, end - timedelta(seconds=1))
    assert not enters(pem, end)
    assert "협약해지통보서" in {one.kind for one in joined.case.sheets}
    with pytest.raises(NotThisStep):
        joining.close(joined.of_spoke(), joined.case.id, "그만둡니다")


def test_a_refused_act_changes_nothing_and_leaves_a_refusal(begun: Joining) -> None:
    who = begun.of_spoke()
    with pytest.raises(DirectoryRefused):
        begun.recorded(who)
    assert who.errors == ["NotThisParty"]
    assert joining.case(operator(), begun.case.id).entries == ()


def test_a_hub_itself_joins_with_the_operating_body_and_keeps_a_repository() -> None:
    case = joining.recruit(operator(), "새거점", hub=None)
    while case.state is State.OPEN:
        step = case.procedure.step(case.step)
        if step.needs:
            joining.request_certificate(operator(), case.id, request())
        party = next(one for one in case.parties(step) if one not in case.signers(step.id))
        content = {one.id: "yes" if one.agreed else "TEST-1" for one in step.fields}
        case = joining.record(operator(), case.id, step.id, content, acting=party)
    from naru.repository import queries as repositories

    assert repositories.of_institution(case.institution) is not None
    originals = [one for one in case.sheets if one.kind == "표준협약서"]
    assert {one.holder for one in originals} == {None, case.institution}
