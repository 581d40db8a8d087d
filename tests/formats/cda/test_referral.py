import unicodedata
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from naru.domain.clinical import (
    CareInstitution,
    ClinicalDocument,
    Content,
    Diagnosis,
    Medication,
    TestResult,
)
from naru.formats.cda import (
    CdaRefused,
    IncompleteDocument,
    forms,
    read,
    write,
)
from naru.formats.xml import XmlRefused, parse
from naru.formats.xml.schema import validate

from .conftest import DAY, MOMENT

V3 = "{urn:hl7-org:v3}"

written = st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\ufffe\uffff")
words = st.text(written, max_size=30) | st.sampled_from(
    [
        "한글",
        unicodedata.normalize("NFD", "각힣"),
        "金하늘 漢字 𠮷",
        "👩‍⚕️ 🏥",
        " 앞뒤 빈칸 ",
        "줄\n바꿈\t탭\r되돌림",
        "]]> <script> &amp; \"'",
    ]
)
some_words = words.filter(lambda text: text.strip() != "")
codes = st.from_regex(r"[A-Z][0-9A-Z.\-]{1,8}", fullmatch=True) | st.just("")


def test_a_referral_follows_the_published_schema(
    referral_document: ClinicalDocument, cda_schema: etree.XMLSchema
) -> None:
    validate(parse(write(referral_document)), cda_schema)


def test_the_least_referral_follows_the_published_schema(
    referral_document: ClinicalDocument, cda_schema: etree.XMLSchema
) -> None:
    validate(parse(write(least(referral_document))), cda_schema)


def least(document: ClinicalDocument) -> ClinicalDocument:
    return replace(document, number="", content=Content(diagnoses=document.content.diagnoses))


def test_a_referral_comes_back_as_it_was(referral_document: ClinicalDocument) -> None:
    assert read(write(referral_document)) == referral_document


def test_the_least_referral_comes_back_as_it_was(referral_document: ClinicalDocument) -> None:
    document = least(referral_document)
    assert read(write(document)) == document


def test_the_same_values_give_the_same_octets(referral_document: ClinicalDocument) -> None:
    assert write(referral_document) == write(referral_document)


@given(
    name=some_words,
    reason=words,
    opinion=words,
    diagnoses=st.lists(
        st.builds(Diagnosis, date=st.just(DAY), code=codes, name=words), min_size=1, max_size=3
    ),
    medications=st.lists(
        st.builds(
            Medication,
            time=st.sampled_from([DAY, MOMENT]),
            code=codes,
            name=words,
            dose=words,
            times=words,
            days=words,
            usage=words,
        ),
        max_size=3,
    ),
    tests=st.lists(
        st.builds(TestResult, time=st.just(MOMENT), code=codes, name=words, result=words),
        max_size=3,
    ),
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=60,
)
def test_every_character_survives_and_the_document_stays_valid(  # noqa: PLR0913  # Hypothesis.
    referral_document: ClinicalDocument,
    maybe_schema: etree.XMLSchema | None,
    *,
    name: str,
    reason: str,
    opinion: str,
    diagnoses: list[Diagnosis],
    medications: list[Medication],
    tests: list[TestResult],
) -> None:
    document = replace(
        referral_document,
        patient=replace(referral_document.patient, name=name),
        content=replace(
            referral_document.content,
            reason=reason,
            opinion=opinion,
            diagnoses=tuple(diagnoses),
            medications=tuple(medications),
            test_results=tuple(tests),
        ),
    )
    octets = write(document)
    assert read(octets) == document
    if maybe_schema is not None:
        validate(parse(octets), maybe_schema)


def test_sections_stand_in_the_order_of_the_form(referral_document: ClinicalDocument) -> None:
    root = parse(write(referral_document))
    titles = [title.text for title in root.iterfind(f".//{V3}section/{V3}title")]
    assert titles == [section.title for section in forms.known().newest("referral").sections]


def test_an_empty_section_says_that_there_is_no_information(
    referral_document: ClinicalDocument,
) -> None:
    root = parse(write(least(referral_document)))
    empty = [section for section in root.iter(f"{V3}section") if section.get("nullFlavor") == "NI"]
    assert len(empty) == 7
    assert {section.findtext(f"{V3}text") for section in empty} == {"정보 없음"}


def test_all_that_is_missing_is_named_at_once(referral_document: ClinicalDocument) -> None:
    document = replace(
        referral_document,
        recipient=CareInstitution(name=" ", oid="2.999.1", code="TEST-1"),
        content=replace(referral_document.content, diagnoses=()),
    )
    with pytest.raises(IncompleteDocument) as refused:
        write(document)
    assert refused.value.missing == ("수신 기관명", "수신 기관 전화번호", "진단내역")


@pytest.mark.parametrize("text", ["\x00", "\x0b", "\ud800", "\uffff"])
def test_what_xml_cannot_carry_is_refused_in_words(
    referral_document: ClinicalDocument, text: str
) -> None:
    document = replace(
        referral_document, content=replace(referral_document.content, opinion=f"가{text}")
    )
    with pytest.raises(IncompleteDocument, match="제어 문자"):
        write(document)


def test_a_code_with_a_blank_is_refused(referral_document: ClinicalDocument) -> None:
    wrong = Diagnosis(date=DAY, code="I20 9", name="협심증")
    document = replace(
        referral_document, content=replace(referral_document.content, diagnoses=(wrong,))
    )
    with pytest.raises(IncompleteDocument, match="빈칸"):
        write(document)


def test_the_unique_id_is_root_and_number(referral_document: ClinicalDocument) -> None:
    assert referral_document.unique_id == "2.25.1234567890^TEST-1012026112000001"
    assert least(referral_document).unique_id == "2.25.1234567890"


@given(st.binary(max_size=200))
def test_what_is_no_referral_is_refused(octets: bytes) -> None:
    with pytest.raises((CdaRefused, XmlRefused)):
        read(octets)


def test_a_damaged_referral_is_refused_or_read_and_nothing_else(
    referral_document: ClinicalDocument,
) -> None:
    octets = write(referral_document)
    for at in range(0, len(octets), 97):
        try:
            read(octets[:at] + octets[at + 9 :])
        except (CdaRefused, XmlRefused):
            continue
