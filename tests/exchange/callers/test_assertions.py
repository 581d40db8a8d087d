"""Who an assertion makes of the caller, and which assertions make nobody (ITI TF-2 3.40)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.test import override_settings

from naru.directory import queries as directory_queries
from naru.directory import services as directory
from naru.domain.assertion import (
    AssertionRefused,
    Authentication,
    Claims,
    Confirmation,
    Method,
    SecurityFault,
    Subject,
)
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role, XuaRule
from naru.domain.codes import Code
from naru.domain.decision import Act, Reason
from naru.domain.identifiers import Identifier
from naru.domain.institution import InstitutionKind
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.decide import Deciding
from naru.exchange.institutions import providers
from naru.formats.saml import read_security, write_security
from naru.formats.xml import parse
from naru.registry.values import Indexed
from tests.assertions import Provider, assertion, ec_provider, rsa_provider
from tests.exchange.hospitals import Hospital

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
TODAY = date(2026, 11, 20)
ACTORS = "2.16.756.5.30.1.127.3.10.6"
REASONS = "2.16.840.1.113883.5.8"
MINUTE = timedelta(minutes=1)
_messages = count(1)


@pytest.fixture(autouse=True)
def _named() -> Iterator[None]:
    options = replace(settings.NARU, affinity_domains=("2.999.1",), xua="accepted")
    with override_settings(NARU=options):
        yield


@pytest.fixture
def hospital() -> Hospital:
    return Hospital()


@pytest.fixture
def provider(hospital: Hospital) -> Provider:
    """One who is trusted for the users of the hospital."""
    trust(rsa_provider(), hospital.id)
    return rsa_provider()


def trust(provider: Provider, *institutions: UUID) -> None:
    access = Access(transaction="trust", caller=identify.operator(), time=NOW)
    providers.trust(access, provider.issuer, provider.der, institutions or None)


def at(hospital: Hospital) -> Caller:
    return hospital.access().caller


def identified(
    caller: Caller, signed: bytes | None, message_id: str | None = "new", **changed: Any
) -> Caller:
    """Who the door takes the caller for."""
    token = None if signed is None else read_security(parse(write_security(signed).encode()))
    asked: dict[str, Any] = {"certificate": None, "transaction": "ITI-18", "now": NOW}
    return identify.by_assertion(
        caller,
        token,
        message_id=f"urn:uuid:{next(_messages)}" if message_id == "new" else message_id,
        **(asked | changed),
    )


def claiming(hospital: Hospital, **changed: Any) -> Claims:
    own = replace(assertion().claims, organization_ids=(f"urn:oid:{hospital.oid}",))
    return replace(own, **changed)


def says(provider: Provider, hospital: Hospital, **changed: Any) -> bytes:
    """Of a physician of the hospital."""
    changed.setdefault("claims", claiming(hospital))
    return provider.says(NOW, **changed)


def refusal(*arguments: Any, **changed: Any) -> str:
    with pytest.raises(AssertionRefused) as refused:
        identified(*arguments, **changed)
    assert refused.value.code is SecurityFault.FailedAuthentication
    return str(refused.value)


def test_an_assertion_says_who_asks_at_the_institution(
    hospital: Hospital, provider: Provider
) -> None:
    found = identified(at(hospital), says(provider, hospital))
    assert found.role is Role.CLINICIAN
    assert found.purpose is PurposeOfUse.TREATMENT
    assert found.assurance is Assurance.ASSERTION
    assert found.institution == hospital.id
    assert found.person is not None
    assert found.user is not None
    assert found.user.name == f"KH<kim.haneul@{provider.issuer}>"
    assert found.user.text == "김하늘"
    assert [code.code for code in found.user.roles] == ["HCP"]
    assert found.patient is None
    assert found.about is None


def test_the_same_user_is_the_same_person_and_another_is_another(
    hospital: Hospital, provider: Provider
) -> None:
    one = identified(at(hospital), says(provider, hospital)).person
    again = identified(at(hospital), says(provider, hospital)).person
    other = identified(at(hospital), says(provider, hospital, subject=Subject(name="lee"))).person
    assert one == again != other


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"not_before": NOW + MINUTE}, "not valid yet"),
        ({"issued": NOW + MINUTE}, "not valid yet"),
        ({"not_on_or_after": NOW - MINUTE}, "expired"),
        ({"not_on_or_after": NOW - timedelta(seconds=30)}, "expired"),
        ({"not_on_or_after": NOW + timedelta(hours=13)}, "too long"),
        ({"audiences": ()}, "not for this service"),
        ({"audiences": (frozenset({"urn:oid:2.999.2"}),)}, "not for this service"),
        (
            {"audiences": (frozenset({"urn:oid:2.999.1"}), frozenset({"urn:oid:2.999.2"}))},
            "not for this service",
        ),
        ({"authentications": ()}, "how the user was authenticated"),
        (
            {"authentications": (Authentication(time=NOW + MINUTE, context="urn:x"),)},
            "not of now",
        ),
        (
            {
                "authentications": (
                    Authentication(time=NOW - MINUTE, context="urn:x", session_ends=NOW - MINUTE),
                )
            },
            "not of now",
        ),
        ({"confirmations": (Confirmation(method="urn:example:other"),)}, "Nothing confirms"),
        (
            {"confirmations": (Confirmation(method=Method.BEARER, not_on_or_after=NOW - MINUTE),)},
            "Nothing confirms",
        ),
        (
            {"confirmations": (Confirmation(method=Method.BEARER, not_before=NOW + MINUTE),)},
            "Nothing confirms",
        ),
        ({"confirmations": (Confirmation(method=Method.HOLDER_OF_KEY),)}, "Nothing confirms"),
        ({"issuer": "urn:example:unknown"}, "No trusted"),
    ],
)
def test_what_is_not_for_us_and_now_is_refused(
    hospital: Hospital, provider: Provider, changed: dict[str, Any], sentence: str
) -> None:
    assert sentence in refusal(at(hospital), says(provider, hospital, **changed))


def test_clocks_may_be_apart_a_little(hospital: Hospital, provider: Provider) -> None:
    apart = timedelta(seconds=29)
    early = says(provider, hospital, not_before=NOW + apart, issued=NOW + apart)
    late = says(provider, hospital, not_before=NOW - MINUTE, not_on_or_after=NOW - apart)
    assert identified(at(hospital), early).role is Role.CLINICIAN
    assert identified(at(hospital), late).role is Role.CLINICIAN


def test_an_assertion_accompanies_several_messages_but_each_message_once(
    hospital: Hospital, provider: Provider
) -> None:
    signed = says(provider, hospital)
    identified(at(hospital), signed, "urn:uuid:a")
    identified(at(hospital), signed, "urn:uuid:b")
    assert "used before" in refusal(at(hospital), signed, "urn:uuid:a")
    assert "used before" in refusal(at(hospital), signed, "urn:uuid:b", now=NOW + MINUTE)
    assert "wsa:MessageID" in refusal(at(hospital), signed, None)


def test_an_assertion_for_one_use_is_used_once(hospital: Hospital, provider: Provider) -> None:
    signed = says(provider, hospital, one_time_use=True)
    identified(at(hospital), signed)
    assert "used before" in refusal(at(hospital), signed)


def test_an_assertion_s_id_means_one_assertion(hospital: Hospital, provider: Provider) -> None:
    identified(at(hospital), says(provider, hospital, id="_same"))
    other = says(provider, hospital, id="_same", subject=Subject(name="lee"))
    assert "used before" in refusal(at(hospital), other)


def test_a_stolen_assertion_opens_nothing_from_elsewhere(
    hospital: Hospital, provider: Provider
) -> None:
    thief = Hospital()
    trust(provider, thief.id)
    nowhere = says(provider, hospital, claims=claiming(hospital, organization_ids=()))
    identified(at(hospital), nowhere)
    assert "used before" in refusal(at(thief), nowhere)
    assert "another institution" in refusal(at(thief), says(provider, hospital))


def test_trust_that_ends_ends_with_the_next_request(hospital: Hospital, provider: Provider) -> None:
    identified(at(hospital), says(provider, hospital))
    access = Access(transaction="distrust", caller=identify.operator(), time=NOW)
    (known,) = directory_queries.assertion_providers(on=TODAY, issuer=provider.issuer)
    providers.distrust(access, known.fingerprint)
    assert "No trusted" in refusal(at(hospital), says(provider, hospital))


def test_a_provider_is_believed_of_its_institutions_alone(provider: Provider) -> None:
    other = Hospital()
    assert "not trusted for this institution" in refusal(at(other), says(provider, other))
    trust(Provider(ec_provider().key, provider.issuer))
    mine = Provider(ec_provider().key, provider.issuer)
    assert identified(at(other), says(mine, other)).institution == other.id


def test_another_key_under_a_trusted_name_is_not_believed(
    hospital: Hospital, provider: Provider
) -> None:
    mallory = Provider(ec_provider().key, provider.issuer)
    assert "No trusted" in refusal(at(hospital), says(mallory, hospital))


def test_holding_the_key_of_the_connection_confirms(hospital: Hospital, provider: Provider) -> None:
    peer, other = ec_provider(), rsa_provider()
    held = peer.certificate.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    holder = (Confirmation(method=Method.HOLDER_OF_KEY, keys=(held,)),)
    signed = says(provider, hospital, confirmations=holder)
    assert identified(at(hospital), signed, certificate=peer.der).role is Role.CLINICIAN
    assert "Nothing confirms" in refusal(at(hospital), signed, certificate=other.der)
    assert "Nothing confirms" in refusal(at(hospital), signed, certificate=None)


def test_a_hub_speaks_for_its_members_and_nobody_else_does(provider: Provider) -> None:
    hub = Hospital()
    member = directory.admit(
        name="협력", kind=InstitutionKind.MEMBER, on=TODAY, oid=f"{hub.oid}1", hub=hub.id
    )
    trust(provider)
    of_member = claiming(hub, organization_ids=(f"urn:oid:{hub.oid}1",))
    found = identified(at(hub), says(provider, hub, claims=of_member))
    assert found.institution == member.id
    assert "another institution" in refusal(
        replace(at(hub), institution=member.id), says(provider, hub)
    )
    directory.suspend(member.id, on=TODAY)
    assert "another institution" in refusal(at(hub), says(provider, hub, claims=of_member))


@pytest.mark.parametrize(
    "claimed",
    [("urn:oid:2.999.55555",), ("https://hospital.example",), ("urn:oid:",)],
)
def test_an_organization_that_nobody_knows_is_refused(
    hospital: Hospital, provider: Provider, claimed: tuple[str, ...]
) -> None:
    claims = claiming(hospital, organization_ids=claimed)
    assert "organization-id" in refusal(at(hospital), says(provider, hospital, claims=claims))


@pytest.mark.parametrize(
    "changed",
    [
        {"roles": (Code("DADM", ACTORS),)},
        {"roles": (Code("HCP", "2.999.2"),)},
        {"roles": (Code("HCP", ACTORS), Code("PAT", ACTORS))},
        {"purposes": (Code("XYZ", REASONS),)},
        {"purposes": (Code("TREAT", REASONS), Code("HRESCH", REASONS))},
        {"roles": (Code("PAT", ACTORS),)},
        {"roles": (Code("PAT", ACTORS),), "patients": (Identifier("nobody", "2.999.77"),)},
    ],
)
def test_a_user_who_cannot_be_placed_is_refused(
    hospital: Hospital, provider: Provider, changed: dict[str, Any]
) -> None:
    claims = claiming(hospital, **changed)
    refusal(at(hospital), says(provider, hospital, claims=claims))


@pytest.mark.parametrize(
    ("code", "purpose"),
    [
        ("ETREAT", PurposeOfUse.EMERGENCY_TREATMENT),
        ("HRESCH", PurposeOfUse.RESEARCH),
        ("HPAYMT", PurposeOfUse.PAYMENT),
    ],
)
def test_the_purpose_is_the_user_s(
    hospital: Hospital, provider: Provider, code: str, purpose: PurposeOfUse
) -> None:
    claims = claiming(hospital, purposes=(Code(code, REASONS),))
    assert identified(at(hospital), says(provider, hospital, claims=claims)).purpose is purpose


def test_a_user_without_a_role_is_as_the_institution_s_system(
    hospital: Hospital, provider: Provider
) -> None:
    claims = claiming(hospital, roles=(), purposes=())
    found = identified(at(hospital), says(provider, hospital, claims=claims))
    assert (found.role, found.purpose) == (Role.SYSTEM, PurposeOfUse.TREATMENT)


def test_an_agency_s_physician_treats_nobody(provider: Provider) -> None:
    hospital = Hospital()
    agency = directory.admit(
        name="기관", kind=InstitutionKind.AGENCY, on=TODAY, oid=f"{hospital.oid}7"
    )
    trust(provider)
    claims = claiming(hospital, organization_ids=(f"urn:oid:{hospital.oid}7",))
    caller = replace(at(hospital), institution=agency.id)
    assert identified(caller, says(provider, hospital, claims=claims)).role is Role.AGENCY_CLERK


def read_by(caller: Caller, patient: UUID, hospital: Hospital) -> Reason:
    access = Access(transaction="ITI-18", caller=caller, time=NOW)
    item = Indexed(
        entry_uuid="urn:uuid:1",
        unique_id="2.999.4.1",
        patient=patient,
        institution=hospital.id,
        event_date=TODAY,
    )
    Deciding(access, Act.READ).permit([item])
    return access.decisions[0].reason


@pytest.mark.parametrize("code", ["PAT", "REP"])
def test_who_speaks_for_an_institution_makes_nobody_a_patient(
    hospital: Hospital, provider: Provider, code: str
) -> None:
    roles = (Code(code, ACTORS),)
    claims = claiming(hospital, roles=roles, patients=(hospital.patient().affinity_id,))
    assert "who a patient is" in refusal(at(hospital), says(provider, hospital, claims=claims))


def test_a_patient_s_assertion_opens_the_own_records_and_no_others(hospital: Hospital) -> None:
    provider = rsa_provider()
    trust(provider)
    patient, other = hospital.patient(), hospital.patient()
    claims = claiming(
        hospital,
        roles=(Code("PAT", ACTORS),),
        purposes=(Code("PATRQT", REASONS),),
        patients=(patient.affinity_id,),
    )
    found = identified(at(hospital), says(provider, hospital, claims=claims))
    assert (found.role, found.patient) == (Role.PATIENT, patient.key)
    assert found.purpose is PurposeOfUse.PATIENT_REQUEST
    assert read_by(found, patient.key, hospital) is Reason.THE_PATIENT
    assert read_by(found, other.key, hospital) is Reason.REQUESTER_NOT_ADMITTED
    for transaction in ("ITI-44", "ITI-45", "ITI-47", "ITI-41", "ITI-42"):
        signed = says(provider, hospital, claims=claims)
        assert "not one that a patient" in refusal(at(hospital), signed, transaction=transaction)


def test_an_assertion_about_one_patient_opens_nobody_else_s_records(
    hospital: Hospital, provider: Provider
) -> None:
    patient, other = hospital.patient(), hospital.patient()
    patient.consents()
    other.consents()
    about = claiming(hospital, patients=(patient.own,))
    unknown = claiming(hospital, patients=(Identifier("nobody", hospital.oid),))
    found = identified(at(hospital), says(provider, hospital, claims=about))
    nobody = identified(at(hospital), says(provider, hospital, claims=unknown))
    anybody = identified(at(hospital), says(provider, hospital))
    assert read_by(found, patient.key, hospital) is Reason.OWN_CHART
    assert read_by(found, other.key, hospital) is Reason.REQUESTER_NOT_ADMITTED
    assert read_by(nobody, patient.key, hospital) is Reason.REQUESTER_NOT_ADMITTED
    assert read_by(anybody, other.key, hospital) is Reason.OWN_CHART


def test_whether_an_assertion_must_come_is_the_node_s_rule(
    hospital: Hospital, provider: Provider
) -> None:
    def under(rule: XuaRule, signed: bytes | None) -> Caller:
        with override_settings(NARU=replace(settings.NARU, xua=rule.value)):
            return identified(at(hospital), signed)

    system = at(hospital)
    expired = says(provider, hospital, not_on_or_after=NOW - MINUTE)
    assert under(XuaRule.ACCEPTED, None) == system
    assert under(XuaRule.IGNORED, expired) == system
    for rule, signed in ((XuaRule.REQUIRED, None), (XuaRule.ACCEPTED, expired)):
        with pytest.raises(AssertionRefused):
            under(rule, signed)
    assert under(XuaRule.REQUIRED, says(provider, hospital)).role is Role.CLINICIAN


def test_the_rule_is_accepted_and_in_a_sandbox_ignored() -> None:
    options = replace(settings.NARU, xua="")
    assert options.xua_rule is XuaRule.ACCEPTED
    assert replace(options, sandbox=True).xua_rule is XuaRule.IGNORED
    assert replace(options, sandbox=True, xua="required").xua_rule is XuaRule.REQUIRED
