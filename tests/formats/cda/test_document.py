"""What holds for the documents of every kind."""

from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import etree

from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    Answered,
    ClinicalDocument,
    Coding,
    Content,
    Encounter,
    EncounterKind,
    Practitioner,
    Reading,
    ReturnReason,
    TestResult,
    VitalSigns,
)
from naru.formats.cda import IncompleteDocument, UnfitContent, check, read, show_text, write
from naru.formats.xml import parse
from naru.formats.xml.schema import validate

from .conftest import DAY, MOMENT

V3 = "{urn:hl7-org:v3}"


@pytest.fixture
def reply(referral_document: ClinicalDocument) -> ClinicalDocument:
    content = referral_document.content
    return replace(
        referral_document,
        kind="reply",
        number="TEST-1022026112100001",
        answers=Answered(id=referral_document.header.id, number=referral_document.number),
        encounter=Encounter(date=DAY, kind=EncounterKind.INPATIENT, until=MOMENT),
        content=Content(diagnoses=content.diagnoses, opinion="정상", past_history="고혈압"),
    )


def test_a_reply_names_the_referral_that_it_answers(reply: ClinicalDocument) -> None:
    root = parse(write(reply))
    order = root.find(f"{V3}inFulfillmentOf/{V3}order/{V3}id")
    assert order is not None
    assert (order.get("root"), order.get("extension")) == (
        "2.25.1234567890",
        "TEST-1012026112000001",
    )
    assert read(write(reply)).answers == reply.answers


def test_a_return_says_its_reasons_in_words_and_codes(reply: ClinicalDocument) -> None:
    reason = ReturnReason(kind="02", clinical="01")
    document = replace(
        reply, kind="return", content=replace(reply.content, return_reason=reason, reason="회복")
    )
    octets = write(document)
    assert read(octets) == document
    text = show_text(octets)
    assert "회송유형 | 외래 회송" in text
    assert "임상적 사유 | 수술 후 관리" in text


def test_who_answers_for_a_document_is_the_author_unless_another_does(
    reply: ClinicalDocument,
) -> None:
    assert b"authenticator" in write(reply)
    assert read(write(reply)).authenticator is None
    head = Practitioner(id="TEST-D9", name="과장")
    signed = replace(reply, authenticator=head)
    assert read(write(signed)).authenticator == head


def test_what_a_form_has_no_place_for_is_refused_by_its_name(reply: ClinicalDocument) -> None:
    vital = VitalSigns(time=MOMENT, height=Decimal("170.0"))
    document = replace(reply, content=replace(reply.content, vital_signs=(vital,)))
    with pytest.raises(UnfitContent, match="진료회신서 서식에 없는 항목: vital_signs") as refused:
        write(document)
    assert refused.value.paths == ("content.vital_signs",)


def test_a_reading_without_words_is_no_reading(reply: ClinicalDocument) -> None:
    reading = Reading(time=MOMENT, name="흉부 CT", findings=" ")
    document = replace(reply, kind="radiology-report", content=Content(readings=(reading,)))
    with pytest.raises(IncompleteDocument, match="판독소견"):
        write(document)


@pytest.mark.parametrize("text", ["\x00", "\x1b", "\ud800", "\ufffe"])
def test_the_field_with_what_xml_cannot_carry_is_named(reply: ClinicalDocument, text: str) -> None:
    named = replace(
        reply,
        patient=replace(reply.patient, telephone=f"010{text}"),
        content=replace(reply.content, past_history=f"가{text}"),
    )
    with pytest.raises(UnfitContent, match="과거 병력정보") as refused:
        write(named)
    assert refused.value.paths == ("patient.telephone", "content.past_history")


def test_an_identifier_that_is_no_oid_is_refused(reply: ClinicalDocument) -> None:
    with pytest.raises(UnfitContent, match="OID"):
        write(replace(reply, answers=Answered(id="a b")))


def test_numbers_with_a_unit_are_quantities(
    reply: ClinicalDocument, maybe_schema: etree.XMLSchema | None
) -> None:
    number = TestResult(time=MOMENT, name="칼륨", result="4.10", unit="mmol/L")
    words = TestResult(time=MOMENT, name="칼륨", result="> 9", unit="mmol/L")
    document = replace(reply, content=replace(reply.content, test_results=(number, words)))
    octets = write(document)
    assert b'<value xsi:type="PQ" value="4.10" unit="mmol/L"/>' in octets
    assert read(octets) == document
    if maybe_schema is not None:
        validate(parse(octets), maybe_schema)


def test_what_other_systems_call_it_stands_beside_the_code(reply: ClinicalDocument) -> None:
    said = Coding(system="KOSTOM", code="TEST-K1", display="협심증")
    own = Coding(system="우리 병원", code="A1")
    diagnosis = replace(reply.content.diagnoses[0], translations=(said, own))
    document = replace(reply, content=replace(reply.content, diagnoses=(diagnosis,)))
    octets = write(document)
    assert b'codeSystem="1.2.410.100110.40.2.3.1"' in octets
    assert read(octets) == document


def test_a_moment_keeps_its_fraction(reply: ClinicalDocument) -> None:
    time = MOMENT.replace(microsecond=120_000)
    document = replace(reply, header=replace(reply.header, time=time))
    assert read(write(document)).header.time == time


@pytest.mark.parametrize("telephone", ["02-000-0001", "##", "내선 3 (오전)", "%23", "tel:1", "/"])
def test_every_telephone_number_is_a_url(
    reply: ClinicalDocument, maybe_schema: etree.XMLSchema | None, telephone: str
) -> None:
    document = replace(reply, author=replace(reply.author, telephone=telephone))
    octets = write(document)
    assert read(octets) == document
    if maybe_schema is not None:
        validate(parse(octets), maybe_schema)


def test_a_factor_that_the_exchange_has_no_code_for_is_a_null_and_never_another(
    referral_document: ClinicalDocument,
) -> None:
    def written(kind: AllergyKind) -> tuple[bytes, ClinicalDocument]:
        allergy = Allergy(date=DAY, kind=kind, name="땅콩")
        content = replace(referral_document.content, allergies=(allergy,))
        document = replace(referral_document, content=content)
        return write(document), document

    octets, document = written(AllergyKind.FOOD)
    assert (
        b'<value xsi:type="CD" nullFlavor="OTH" displayName="\xec\x9d\x8c\xec\x8b\x9d">' in octets
    )
    assert b'<translation code="414285001"' in octets
    assert check(octets, on=DAY) == ()
    assert read(octets) == document
    other, _ = written(AllergyKind.DRUG)
    foreign = other.replace(b'code="H00501805"', b'code="TEST-H9"')
    assert foreign != other
    assert read(foreign).content.allergies[0].kind is AllergyKind.OTHER


@pytest.mark.parametrize("system", ["10.0", "9.8.7", "3.1"])
def test_a_system_whose_name_looks_like_an_oid_of_no_root_is_a_name(
    referral_document: ClinicalDocument, maybe_schema: etree.XMLSchema | None, system: str
) -> None:
    (first, *rest) = referral_document.content.diagnoses
    said = replace(first, translations=(Coding(system, "1", "가"),))
    content = replace(referral_document.content, diagnoses=(said, *rest))
    document = replace(referral_document, content=content)
    octets = write(document)
    assert f'codeSystemName="{system}"'.encode() in octets
    assert read(octets) == document
    if maybe_schema is not None:
        validate(parse(octets), maybe_schema)
