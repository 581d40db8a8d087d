from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from lxml import etree

from naru.domain.clinical import DocumentHeader, Patient, Practitioner
from naru.domain.consent_document import ConsentDocument, Scan
from naru.domain.consent_paper import Box, Part, Representative, Side
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.formats.cda import CdaRefused, IncompleteDocument, read_consent, write_consent
from naru.formats.xml import parse
from naru.formats.xml.schema import validate

PATIENT = Patient(mrn="TEST-0001", name="김하늘", birth_date=date(1980, 5, 5))


def consent(header: DocumentHeader, policy: Policy) -> ConsentDocument:
    return ConsentDocument(
        header=header, patient=PATIENT, policy=policy, from_date=date(2026, 11, 20)
    )


@pytest.mark.parametrize("policy", Policy)
def test_a_consent_follows_the_schema_and_comes_back(
    header: DocumentHeader, policy: Policy, cda_schema: etree.XMLSchema
) -> None:
    document = consent(header, policy)
    octets = write_consent(document)
    validate(parse(octets), cda_schema)
    assert read_consent(octets) == document


def test_who_took_the_consent_comes_back(header: DocumentHeader) -> None:
    document = replace(
        consent(header, Policy.CONSENT_WHOLE), author=Practitioner(id="TEST-C1", name="접수")
    )
    assert read_consent(write_consent(document)) == document


def test_the_policy_stands_in_the_service_event(header: DocumentHeader) -> None:
    document = parse(write_consent(consent(header, Policy.WITHDRAWAL_WHOLE)))
    (event,) = document.iter("{urn:hl7-org:v3}serviceEvent")
    assert (event.get("classCode"), event.get("moodCode")) == ("ACT", "EVN")
    code = event.find("{urn:hl7-org:v3}code")
    assert code.get("code") == privacy_policies().codes[Policy.WITHDRAWAL_WHOLE].code


def test_a_policy_of_another_domain_is_refused(header: DocumentHeader) -> None:
    octets = write_consent(consent(header, Policy.CONSENT_WHOLE))
    other = octets.replace(privacy_policies().system.encode() + b'"', b'2.999.5"')
    with pytest.raises(CdaRefused):
        read_consent(other)


def test_a_consent_without_a_name_is_refused(header: DocumentHeader) -> None:
    document = replace(consent(header, Policy.CONSENT_WHOLE), patient=replace(PATIENT, name=""))
    with pytest.raises(IncompleteDocument, match="환자 성명"):
        write_consent(document)


PARTS = (
    Part(department="2500", department_name="정신건강의학과", reason="알리고 싶지 않음"),
    Part(institution="2.999.10.2", institution_name="나루대학교병원"),
    Part(institution="2.999.10.3", department="0100"),
    Part(institution="2.999.10.4", side=Side.VIEWER),
    Part(document="2.999.7^TEST-1"),
)
FULL: dict[str, Any] = {
    "until": date(2027, 11, 20),
    "boxes": frozenset(Box) - {Box.EVALUATION},
    "parts": PARTS,
    "representative": Representative(name="김바다", relationship="부", telephone="010-0000-0001"),
    "signature": b"\x89PNG\r\n\x1a\nsigned",
}


def test_all_that_a_paper_can_say_follows_the_schema_and_comes_back(
    header: DocumentHeader, maybe_schema: etree.XMLSchema | None
) -> None:
    document = replace(consent(header, Policy.CONSENT_PARTIAL), **FULL)
    octets = write_consent(document)
    if maybe_schema is not None:
        validate(parse(octets), maybe_schema)
    assert read_consent(octets) == document
    for words in ("[동의함] 민감정보", "[동의하지 않음] 교류의 평가", "정신건강의학과(2500)"):
        assert words in octets.decode()


@pytest.mark.parametrize("kind", ["application/pdf", "text/plain"])
def test_a_scanned_paper_is_an_xds_sd_document_and_comes_back(
    header: DocumentHeader, maybe_schema: etree.XMLSchema | None, kind: str
) -> None:
    scan = Scan(b"%PDF-1.4 a paper", kind)
    document = replace(consent(header, Policy.CONSENT_WHOLE), scan=scan)
    octets = write_consent(document)
    if maybe_schema is not None:
        validate(parse(octets), maybe_schema)
    # ITI TF-3 5.1.3: both templates.
    assert b'root="1.3.6.1.4.1.19376.1.5.3.1.1.7.1"' in octets
    assert b'root="1.3.6.1.4.1.19376.1.2.20"' in octets
    assert read_consent(octets) == document


def test_a_scanned_paper_says_nothing_beside_its_picture(header: DocumentHeader) -> None:
    document = replace(consent(header, Policy.CONSENT_WHOLE), scan=Scan(b"x"), parts=PARTS)
    with pytest.raises(IncompleteDocument, match="스캔"):
        write_consent(document)


@pytest.mark.parametrize(
    ("this", "other"),
    [
        # A box twice, without a value, of neither value; a paper that lacks one.
        ('code="evaluation"', 'code="personal"'),
        ('<value xsi:type="BL" value="true"/>', '<value xsi:type="ST">true</value>'),
        ('<value xsi:type="BL" value="true"/>', '<value xsi:type="BL" value="1"/>'),
        ('code="evaluation"', 'code="another"'),
        # Parts that name nothing, or in codes of another system.
        ('code="2500" codeSystem="1.2.410.100110.40.2.3.5"', ""),
        ('code="2500" codeSystem="1.2.410.100110.40.2.3.5"', 'code="2500" codeSystem="2.999"'),
        # A picture that is none.
        ('mediaType="image/png"', 'mediaType="image/svg+xml"'),
        ('representation="B64"', 'representation="TXT"'),
        ('representation="B64">', 'representation="B64">!'),
        # A time that ends before it begins, or has no beginning.
        ('<high value="20271120"/>', '<high value="20251120"/>'),
        ('<low value="20261120"/>', ""),
        # No policy at all: the service event is of another template.
        ('"1.3.6.1.4.1.19376.1.5.3.1.2.6"', '"2.999.6"'),
    ],
)
def test_a_paper_that_can_be_read_two_ways_or_none_is_refused(
    header: DocumentHeader, this: str, other: str
) -> None:
    octets = write_consent(replace(consent(header, Policy.CONSENT_PARTIAL), **FULL)).decode()
    assert this in octets
    with pytest.raises(CdaRefused):
        read_consent(octets.replace(this, other).encode())


def test_a_paper_that_acknowledges_two_policies_is_refused(header: DocumentHeader) -> None:
    octets = write_consent(consent(header, Policy.CONSENT_WHOLE)).decode()
    begin = octets.index("<documentationOf")
    end = octets.index("</documentationOf>") + len("</documentationOf>")
    event = octets[begin:end]
    codes = privacy_policies().codes
    also = event.replace(codes[Policy.CONSENT_WHOLE].code, codes[Policy.WITHDRAWAL_WHOLE].code)
    with pytest.raises(CdaRefused):
        read_consent((octets[:end] + also + octets[end:]).encode())
    # Said twice alike it is said once.
    assert read_consent((octets[:end] + event + octets[end:]).encode())
