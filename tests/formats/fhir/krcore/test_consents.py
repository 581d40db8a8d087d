"""동의서 and 철회서 as FHIR's Consent and back, by R4's own rules for its exceptions."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.consent_document import ConsentDocument
from naru.domain.consent_paper import (
    NEEDED,
    Box,
    Side,
)
from naru.domain.privacy_policies import Policy
from naru.domain.whole_record import Origin, Sourced
from naru.domain.xds import DocumentEntry
from naru.formats import cda
from naru.formats.fhir import validation
from naru.formats.fhir.json import from_json, to_json
from naru.formats.fhir.krcore import consent_from_bundle, from_bundle, to_bundle
from naru.formats.fhir.krcore.provenance import told_by
from naru.formats.fhir.krcore.validation import claimed, faults, is_sound
from naru.formats.fhir.outcome import Refused
from naru.node.reading import READERS
from tests.formats.fhir.krcore.any_consent import consent_of
from tests.formats.fhir.krcore.consents import CONSENT, DOCUMENTS
from tests.formats.fhir.krcore.example import HOSPITAL

KEY = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


def bundle_of(document: ConsentDocument) -> dict[str, Any]:
    return from_json(to_json(to_bundle(document)))


def the(kind: str, bundle: Mapping[str, Any]) -> dict[str, Any]:
    found = (one["resource"] for one in bundle["entry"])
    (resource,) = [one for one in found if one["resourceType"] == kind]
    return dict(resource)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_each_is_a_sound_document_and_comes_back_as_it_was(document: ConsentDocument) -> None:
    bundle = bundle_of(document)

    assert validation.faults(bundle) == ()
    for one in bundle["entry"]:
        resource = one["resource"]
        assert is_sound(faults(resource, *claimed(resource)))
    assert consent_from_bundle(bundle) == document


@pytest.mark.parametrize("kind", ["consent", "withdrawal"])
@given(data=st.data())
def test_any_consent_is_read_back_as_it_was(kind: str, data: st.DataObject) -> None:
    document = data.draw(consent_of(kind))
    bundle = bundle_of(document)

    assert validation.faults(bundle) == ()
    assert consent_from_bundle(bundle) == document


def test_r4s_own_elements_tell_who_agreed_to_what_where_and_how_long() -> None:
    bundle = bundle_of(CONSENT)
    consent = the("Consent", bundle)

    def led(kind: str) -> dict[str, str]:
        return {"reference": f"urn:uuid:{the(kind, bundle)['id']}"}

    assert consent["scope"]["coding"][0]["code"] == "patient-privacy"
    assert consent["category"][0]["coding"][0]["code"] == "57016-8"
    assert consent["patient"] == led("Patient")
    assert consent["performer"] == [led("RelatedPerson")]
    assert consent["organization"] == [led("Organization")]
    assert consent["dateTime"] == "2025-12-02T09:30:00+09:00"
    assert consent["sourceReference"]["identifier"]["value"] == "urn:oid:2.999.1.9"
    assert [one["code"] for one in consent["policyRule"]["coding"]][1:] == ["OPTIN"]
    assert consent["provision"]["period"] == {"start": "2025-12-02", "end": "2026-12-01"}


def test_an_exception_is_by_itself_and_says_whom_or_what() -> None:
    within = the("Consent", bundle_of(CONSENT))["provision"]["provision"]

    boxes = {one["code"][0]["coding"][0]["code"]: one["type"] for one in within[: len(Box)]}
    assert boxes == {box: "permit" if box in NEEDED else "deny" for box in Box}
    assert all(one["type"] == "deny" for one in within[len(Box) :])
    assert [
        (one["data"][0]["meaning"] if "data" in one else "actor") for one in within[len(Box) :]
    ] == ["authoredby", "actor", "actor", "authoredby", "authoredby", "instance"]
    assert all(("data" in one) != ("actor" in one) for one in within[len(Box) :])


@pytest.mark.parametrize(
    ("policy", "direction"),
    [
        (Policy.CONSENT_WHOLE, ["OPTIN"]),
        (Policy.CONSENT_PARTIAL, ["OPTIN"]),
        (Policy.WITHDRAWAL_WHOLE, ["OPTOUT"]),
        (Policy.WITHDRAWAL_PARTIAL, []),
    ],
)
def test_only_what_says_so_opens_or_closes_the_rest(policy: Policy, direction: list[str]) -> None:
    rule = the("Consent", bundle_of(replace(CONSENT, policy=policy)))["policyRule"]

    assert [one["code"] for one in rule["coding"][1:]] == direction


def changed(how: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The Bundle of the consent with its Consent changed."""
    bundle = copy.deepcopy(bundle_of(CONSENT))
    for one in bundle["entry"]:
        if one["resource"]["resourceType"] == "Consent":
            how(one["resource"])
    return bundle


def last(consent: dict[str, Any]) -> dict[str, Any]:
    exception: dict[str, Any] = consent["provision"]["provision"][-1]
    return exception


WRONG: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no policy": (lambda one: one["policyRule"]["coding"].pop(0), "not exactly one policy"),
    "no beginning": (lambda one: one["provision"].pop("period"), "no beginning"),
    "a box less": (lambda one: one["provision"]["provision"].pop(0), "lacks boxes"),
    "a box twice": (
        lambda one: one["provision"]["provision"].append(one["provision"]["provision"][0]),
        "stands twice",
    ),
    "narrowed": (lambda one: last(one).update(purpose=[{"code": "TREAT"}]), "not understood"),
    "of two things": (lambda one: last(one).update(actor=[{}]), "not understood"),
    "a permission": (lambda one: last(one).update(type="permit"), "not understood"),
    "its dependents": (
        lambda one: last(one)["data"][0].update(meaning="dependents"),
        "not understood",
    ),
    "unnamed": (lambda one: last(one)["data"][0]["reference"].clear(), "not named"),
    "half its words": (lambda one: one["extension"][0]["extension"].pop(), "only in part"),
    "seen by magic": (
        lambda one: one["extension"][1]["extension"][0]["valueCoding"].update(code="magic"),
        "not known",
    ),
}


def refusal(bundle: dict[str, Any]) -> str:
    """Why a Bundle is no consent."""
    with pytest.raises(Refused) as refused:
        consent_from_bundle(bundle)
    (issue,) = refused.value.issues
    return issue.sentence


@pytest.mark.parametrize(("how", "reason"), WRONG.values(), ids=WRONG)
def test_what_is_not_understood_is_refused_rather_than_passed_over(
    how: Callable[[dict[str, Any]], object], reason: str
) -> None:
    assert reason in refusal(changed(how))


def test_a_referral_is_no_consent_and_two_consents_are_none() -> None:
    bundle = bundle_of(CONSENT)
    again = [{**one, "fullUrl": f"{one['fullUrl']}-2"} for one in bundle["entry"]]
    assert "holds one Consent" in refusal({**bundle, "entry": [*bundle["entry"], *again]})

    bundle["entry"][0]["resource"]["category"][0]["coding"][0]["code"] = "referral"
    assert "is no consent" in refusal(bundle)


def test_an_institution_of_the_bundle_or_by_its_number_alone_is_kept_out_as_well() -> None:
    def by_number(consent: dict[str, Any]) -> None:
        within = consent["provision"]["provision"]
        consent["provision"]["provision"] = within[: len(Box) + 1]
        consent.pop("contained")
        number = {"system": "urn:ietf:rfc:3986", "value": "urn:oid:2.999.2"}
        last(consent)["data"][0]["reference"] = {"identifier": number, "display": "시험종합병원"}

    (part,) = consent_from_bundle(changed(by_number)).parts
    assert part == replace(CONSENT.parts[0], side=Side.SOURCE)


def test_a_consent_that_came_as_cda_is_told_with_the_document_as_its_source() -> None:
    open_ = READERS.opening("text/xml")
    assert open_ is not None
    opened = open_(cda.write_consent(CONSENT))
    assert opened is not None
    assert opened.consent == CONSENT
    origin = Origin(
        institution=None,
        institution_name="시험의원",
        entry_uuid=f"urn:uuid:{KEY}",
        unique_id=CONSENT.header.id,
        title="",
        event_date=None,
        registered=None,
    )
    entry = DocumentEntry(entry_uuid=origin.entry_uuid, unique_id=origin.unique_id, patient_id=None)

    told = told_by(Sourced(origin=origin, entry=entry, opened=opened), f"Patient/{KEY}")

    kinds = ["Consent", "RelatedPerson", "Organization", "Practitioner"]
    assert [one["resourceType"] for one in told] == kinds
    consent = told[0]
    assert consent["patient"] == {"reference": f"Patient/{KEY}"}
    assert consent["sourceReference"] == {"reference": f"DocumentReference/{KEY}"}
    assert consent["performer"] == [{"reference": f"RelatedPerson/{told[1]['id']}"}]
    assert consent["organization"] == [{"reference": f"Organization/{told[2]['id']}"}]
    for one in told:
        assert validation.faults(from_json(to_json(one))) == ()


def test_a_bundle_of_a_consent_is_read_as_one() -> None:
    open_ = READERS.opening("application/fhir+json")
    assert open_ is not None
    opened = open_(to_json(to_bundle(CONSENT)))
    assert opened is not None
    assert opened.consent == CONSENT
    whole = open_(to_json(changed(lambda one: one["provision"].pop("period"))))
    assert whole is not None
    assert whole.consent is None


def test_whoever_has_no_clerk_is_written_by_the_institution() -> None:
    bundle = bundle_of(DOCUMENTS["scanned consent"])
    (author,) = the("Composition", bundle)["author"]
    assert author == {"reference": f"urn:uuid:{the('Organization', bundle)['id']}"}
    assert from_bundle(bundle).header.custodian == HOSPITAL
