"""The recorded XUA exchanges of EPD by example, field by field."""

import base64
import re
from pathlib import Path

import pytest
from lxml.etree import _Element

from naru.domain.assertion import AssertionRefused, Method, SecurityFault
from naru.domain.codes import Code
from naru.domain.identifiers import Identifier
from naru.formats.saml import claims, read_assertion, read_signed
from naru.formats.saml.assertion import ASSERTION
from naru.formats.xml import parse
from naru.formats.xml.namespaces import DS

ACTORS = "2.16.756.5.30.1.127.3.10.6"
PURPOSES = "2.16.756.5.30.1.127.3.10.5"
_ENVELOPE = re.compile(rb"<([A-Za-z0-9-]+:Envelope)[ \t\r\n>].*?</\1>", re.DOTALL)
WITH_CERTIFICATE = (
    "samples/GetXAssertion_request_raw.xml",
    "samples/GetXAssertion_response_raw.xml",
    "samples/ITI-18_request_raw.xml",
    "samples/ITI-43_request_raw.xml",
)


@pytest.fixture
def recorded(cases: Path) -> Path:
    return cases / "ihe" / "epd-by-example"


def same(code: Code, other: tuple[str, str]) -> bool:
    return (code.code, code.scheme) == other


def assertions(file: Path) -> list[_Element]:
    octets = file.read_bytes()
    envelope = _ENVELOPE.search(octets)
    assert envelope is not None
    return list(parse(envelope[0]).iter(ASSERTION))


def test_the_provider_s_sample_is_read_field_by_field(recorded: Path) -> None:
    (element,) = assertions(recorded / "XUA_samples" / "assertion_only.xml")
    found = read_assertion(element)
    assert found.id == "Id-1E0B3B40-0E6A-11EB-BC87-001C42B2D956"
    assert found.issuer.endswith("O=BINT GmbH,L=Winterthur,ST=ZH,C=CH")
    assert found.subject.name == "7601002469191"
    assert found.subject.qualifier == "urn:gs1:gln"
    assert found.issued.isoformat() == "2020-10-14T22:10:49.830000+00:00"
    assert found.not_before.isoformat() == "2020-10-14T22:10:49.831000+00:00"
    assert found.not_on_or_after.isoformat() == "2020-10-14T22:15:49.831582+00:00"
    assert found.audiences == (frozenset({"urn:e-health-suisse:token-audience:all-communities"}),)
    assert [one.method for one in found.confirmations] == [Method.BEARER]
    assert [one.context.rpartition(":")[2] for one in found.authentications] == [
        "PasswordProtectedTransport"
    ]
    said = found.claims
    assert said.names == ("Ann Andrews",)
    assert said.organizations == ("Auryn-Spital",)
    assert said.organization_ids == ("urn:oid:2.16.10.89.201",)
    assert said.patients == (Identifier("761337610435200998", "2.16.756.5.30.1.127.3.10.3"),)
    assert same(said.roles[0], ("HCP", ACTORS))
    assert same(said.purposes[0], ("NORM", PURPOSES))


def test_the_assertion_of_a_recorded_query_is_read_field_by_field(recorded: Path) -> None:
    (element,) = assertions(recorded / "samples" / "ITI-18_request_raw.xml")
    found = read_assertion(element)
    assert found.user_name == "<9801003538489@http://ith-icoserve.com/eHealthSolutionsSTS>"
    assert found.confirmations[0].not_on_or_after == found.not_on_or_after
    said = found.claims
    assert said.names == ("Sarah Stone",)
    assert said.organizations == ("Post CH AG",)
    assert said.organization_ids == ("urn:oid:1.3.6.1.4.1.21367.2017.2.6.19.100.2",)
    assert said.home_communities == ("urn:oid:1.3.6.1.4.1.21367.2017.2.6.19",)
    assert said.patients[0].value == "761337610410098484"
    assert same(said.roles[0], ("HCP", ACTORS))
    assert same(said.purposes[0], ("EMER", PURPOSES))


@pytest.mark.parametrize("name", WITH_CERTIFICATE)
def test_a_recorded_signature_is_refused_for_what_is_wrong_with_it(
    recorded: Path, name: str
) -> None:
    """They are signed with SHA-1 or were printed anew: no reader that is sound believes them."""
    for element in assertions(recorded / name):
        method = element.find(f".//{{{DS}}}SignatureMethod")
        assert method is not None
        with pytest.raises(AssertionRefused) as refusal:
            read_signed(element).open(certificate_in(element))
        expected = (
            {SecurityFault.UnsupportedAlgorithm, SecurityFault.FailedCheck}
            if "sha1" in (method.get("Algorithm") or "")
            else {SecurityFault.FailedCheck}
        )
        assert refusal.value.code in expected


def certificate_in(element: _Element) -> bytes:
    found = element.find(f".//{{{DS}}}X509Certificate")
    assert found is not None
    return base64.b64decode(found.text or "")


@pytest.mark.parametrize(
    ("number", "role", "code"),
    [
        ("1", "Healthcare_Provider", "HCP"),
        ("2", "Assistant", "HCP"),
        ("4", "Patient", "PAT"),
        ("5", "Representative", "REP"),
        ("7", "Document-Administrator", "DADM"),
    ],
)
def test_each_recorded_role_is_read(recorded: Path, number: str, role: str, code: str) -> None:
    name = f"{number}_Get_X-User_Assertion_Response-{role}.xml"
    (element,) = assertions(recorded / "XUA_samples" / name)
    assert code in {one.code for one in claims.from_xml(element).roles}


def test_a_recorded_assertion_whose_subject_nothing_confirms_is_refused(recorded: Path) -> None:
    name = "1_Get_X-User_Assertion_Response-Healthcare_Provider.xml"
    (element,) = assertions(recorded / "XUA_samples" / name)
    with pytest.raises(AssertionRefused, match="confirmation"):
        read_assertion(element)  # ITI TF-2 3.40.4.1.2: "shall contain a SubjectConfirmation".
