"""Any CDA is read as far as it can be: nothing is invented, and what is left out is named."""

from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    Authorship,
    ClinicalDocument,
    Coding,
    Content,
    Diagnosis,
    Drinking,
    Immunization,
    Interpretation,
    Medication,
    Procedure,
    Smoking,
    SmokingStatus,
    TestResult,
    VitalSigns,
)
from naru.domain.korea import KST
from naru.formats.cda import CdaRefused, Understood, read_content, write
from naru.formats.xml import XmlRefused

SNOMED = "2.16.840.1.113883.6.96"
LOINC = "2.16.840.1.113883.6.1"


def section(code: str, *entries: str, text: str = "") -> str:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return (
        f'<component><section><code code="{code}" codeSystem="{LOINC}"/><title>t</title>'
        f"<text>{text}</text>{inside}</section></component>"
    )


def foreign(*sections: str, made: str = "20260102030405+0900") -> Understood:
    return read_content(
        (
            '<ClinicalDocument xmlns="urn:hl7-org:v3" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f'<id root="2.999.5" extension="7"/><title>CCD</title><effectiveTime value="{made}"/>'
            '<recordTarget><patientRole><id root="2.999.6" extension="TEST-9"/><patient>'
            "<name><given>Eve</given><family>Everywoman</family></name>"
            '<administrativeGenderCode code="F"/><birthTime value="19750501"/></patient>'
            "</patientRole></recordTarget><component><structuredBody>"
            f"{''.join(sections)}</structuredBody></component></ClinicalDocument>"
        ).encode()
    )


def problem(inside: str, *, denied: str = "", kind: str = "SUBJ") -> str:
    return (
        f'<act><entryRelationship typeCode="{kind}"><observation{denied}>{inside}</observation>'
        "</entryRelationship></act>"
    )


def value(code: str, name: str, system: str = SNOMED) -> str:
    return f'<value xsi:type="CD" code="{code}" codeSystem="{system}" displayName="{name}"/>'


def sentences(understood: Understood) -> str:
    return " ".join(each.sentence for each in understood.unread)


def test_the_header_is_read() -> None:
    read = foreign()
    assert (read.kind, read.id, read.number, read.title) == ("", "2.999.5", "7", "CCD")
    assert read.time == datetime(2026, 1, 2, 3, 4, 5, tzinfo=KST)
    assert read.patient is not None
    assert read.patient.name == "Eve Everywoman"
    assert read.content == Content()


def test_a_problem_keeps_the_code_system_that_it_has() -> None:
    dated = '<effectiveTime><low value="20240301"/></effectiveTime>'
    own = '<value xsi:type="CD" nullFlavor="OTH"><translation code="I209" codeSystem="1.2.410.100110.40.2.3.2" displayName="협심증"/></value>'  # noqa: E501  # One element.
    unknown = value("x1", "Something", "2.999.77")
    read = foreign(
        section(
            "11450-4",
            problem(dated + value("194828000", "Angina")),
            problem(dated + own),
            problem(dated + unknown),
        )
    )
    day = date(2024, 3, 1)
    assert read.content.diagnoses == (
        Diagnosis(
            date=day,
            code="",
            name="Angina",
            translations=(Coding("SNOMED-CT", "194828000", "Angina"),),
        ),
        Diagnosis(date=day, code="I209", name="협심증"),
        Diagnosis(
            date=day,
            code="",
            name="Something",
            translations=(Coding("2.999.77", "x1", "Something"),),
        ),
    )
    assert read.unread == ()


def test_what_a_document_denies_is_no_item() -> None:
    read = foreign(
        section("11450-4", problem(value("55607006", "Problem"), denied=' negationInd="true"')),
        section("48765-2", problem(value("419199007", "Allergy"), denied=' negationInd="true"')),
    )
    assert read.content == Content()
    assert "없다고 적힌 진단" in sentences(read)
    assert "없다고 적힌 알러지" in sentences(read)


def test_a_date_that_is_not_said_is_never_made_up_in_silence() -> None:
    year = '<effectiveTime><low value="2019"/></effectiveTime>'
    read = foreign(section("11450-4", problem(value("1", "A")), problem(year + value("2", "B"))))
    assert [each.date for each in read.content.diagnoses] == [date(2026, 1, 2), date(2019, 1, 1)]
    assert [each.sentence for each in read.unread] == [
        "날짜가 없어 문서의 날짜로 두었습니다.",
        "날짜가 해나 달까지만 있어 그 첫날로 두었습니다.",
    ]
    assert read.unread[0].path == (
        "/ClinicalDocument/component/structuredBody/component/section/entry[1]/act"
        "/entryRelationship/observation"
    )


def test_without_any_date_an_item_is_left_out_and_named() -> None:
    read = foreign(section("11450-4", problem(value("1", "A"))), made="")
    assert read.content.diagnoses == ()
    assert "날짜가 없어 읽지 않았습니다." in sentences(read)


def test_a_medicine_is_read_with_dose_and_words_from_the_narrative() -> None:
    entry = (
        '<substanceAdministration classCode="SBADM" moodCode="EVN">'
        '<text><reference value="#sig"/></text>'
        '<effectiveTime xsi:type="IVL_TS"><low value="20240301"/></effectiveTime>'
        '<effectiveTime xsi:type="PIVL_TS"><period value="12" unit="h"/></effectiveTime>'
        '<doseQuantity value="2" unit="{tbl}"/>'
        "<consumable><manufacturedProduct><manufacturedMaterial>"
        '<code code="197380" codeSystem="2.16.840.1.113883.6.88"><originalText>'
        '<reference value="#drug"/></originalText></code>'
        "</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"
    )
    text = '<content ID="drug">Atenolol\n 25 mg</content> <content ID="sig">with food</content>'
    read = foreign(section("10160-0", entry, text=text))
    assert read.content.medications == (
        Medication(
            time=date(2024, 3, 1),
            code="197380",
            system="RxNorm",
            name="Atenolol 25 mg",
            dose="2 {tbl}",
            times="12 h마다",
            usage="with food",
        ),
    )


def test_a_result_keeps_number_unit_range_and_order() -> None:
    entry = (
        '<organizer><code code="57698-3" displayName="CBC"/><component><observation>'
        f'<code code="718-7" codeSystem="{LOINC}" displayName="Hemoglobin"/>'
        '<effectiveTime value="202403010830+0900"/>'
        '<value xsi:type="PQ" value="13.20" unit="g/dL"/><interpretationCode code="HH"/>'
        '<referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="12" unit="g/dL"/>'
        '<high value="15" unit="g/dL"/></value></observationRange></referenceRange>'
        "</observation></component></organizer>"
    )
    read = foreign(section("30954-2", entry))
    assert read.content.test_results == (
        TestResult(
            time=datetime(2024, 3, 1, 8, 30, tzinfo=KST),
            name="Hemoglobin",
            result="13.20",
            unit="g/dL",
            item="CBC",
            reference="12 - 15 g/dL",
            interpretation=Interpretation.CRITICAL,
            translations=(Coding("LOINC", "718-7", "Hemoglobin"),),
        ),
    )


def test_measures_are_told_in_our_units() -> None:
    def measure(code: str, number: str, unit: str) -> str:
        return (
            f'<component><observation><code code="{code}" codeSystem="{LOINC}"/>'
            f'<value xsi:type="PQ" value="{number}" unit="{unit}"/></observation></component>'
        )

    entry = (
        '<organizer><effectiveTime value="20240301"/>'
        f"{measure('8302-2', '70', '[in_i]')}{measure('29463-7', '80.5', 'kg')}"
        f"{measure('8310-5', '98.6', '[degF]')}{measure('8867-4', '72', '/wk')}"
        f"{measure('39156-5', '24', 'kg/m2')}</organizer>"
    )
    read = foreign(section("8716-3", entry))
    assert read.content.vital_signs == (
        VitalSigns(
            time=date(2024, 3, 1),
            height=Decimal("177.80"),
            weight=Decimal("80.5"),
            temperature=Decimal("37.00"),
        ),
    )
    assert [each.sentence for each in read.unread] == [
        "생체신호의 수나 단위를 읽을 수 없습니다.",
        "이 생체신호는 읽지 않았습니다.",
    ]


def test_allergies_procedures_vaccines_and_habits_are_read() -> None:
    def allergen(name: str, kind: str) -> str:
        return (
            '<effectiveTime value="20240301"/>'
            f"{value(kind, 'kind')}<participant typeCode='CSM'><participantRole><playingEntity>"
            f'<code code="1" codeSystem="{SNOMED}" displayName="{name}"/>'
            "</playingEntity></participantRole></participant>"
            '<entryRelationship typeCode="MFST"><observation>'
            f"{value('2', 'Hives')}</observation></entryRelationship>"
        )

    day = date(2024, 3, 1)
    dated = '<effectiveTime value="20240301"/>'
    read = foreign(
        section(
            "48765-2",
            problem(allergen("Aspirin", "416098002")),
            problem(allergen("Peanut", "414285001")),
        ),
        section(
            "47519-4",
            f'<procedure moodCode="EVN"><code code="4523" codeSystem="2.16.840.1.113883.6.104" '
            f'displayName="Colonoscopy"/>{dated}</procedure>',
            '<procedure moodCode="INT"><code code="1" displayName="planned"/></procedure>',
        ),
        section(
            "11369-6",
            f'<substanceAdministration moodCode="EVN">{dated}<consumable><manufacturedProduct>'
            '<manufacturedMaterial><code code="88" codeSystem="2.16.840.1.113883.12.292" '
            'displayName="influenza"/><lotNumberText>L1</lotNumberText></manufacturedMaterial>'
            "</manufacturedProduct></consumable></substanceAdministration>",
        ),
        section(
            "29762-2",
            f'<observation><code code="72166-2"/>{dated}{value("8517006", "Former")}</observation>',
            f'<observation><code code="11331-6"/>{dated}<value xsi:type="ST">2 drinks</value>'
            "</observation>",
        ),
    )
    assert read.content == Content(
        allergies=(
            Allergy(
                date=day,
                kind=AllergyKind.DRUG,
                name="Aspirin",
                reaction="Hives",
                translations=(Coding("SNOMED-CT", "1", "Aspirin"),),
            ),
            Allergy(
                date=day,
                kind=AllergyKind.FOOD,
                name="Peanut",
                reaction="Hives",
                translations=(Coding("SNOMED-CT", "1", "Peanut"),),
            ),
        ),
        procedures=(Procedure(date=day, name="Colonoscopy", code="4523"),),
        immunizations=(
            Immunization(date=day, name="influenza", code="88", system="CVX", lot="L1"),
        ),
        smoking=(Smoking(date=day, status=SmokingStatus.FORMER),),
        drinking=(Drinking(date=day, description="2 drinks"),),
    )
    assert [each.sentence for each in read.unread] == [
        "하지 않았거나 예정된 처치는 항목으로 두지 않았습니다.",
    ]


def test_sections_of_words_are_words_and_unknown_ones_are_named() -> None:
    read = foreign(
        section("42349-1", text="<paragraph>Chest pain</paragraph>"),
        section("11450-4", text="<paragraph>Angina</paragraph>"),
        section("10157-6", text="<paragraph>Father</paragraph>"),
    )
    assert read.content == Content(reason="Chest pain")
    assert [each.sentence for each in read.unread] == [
        "글로만 적혀 있어 항목으로 읽지 않았습니다.",
        "이 구역은 읽지 않았습니다.",
    ]


def test_our_own_document_is_read_whole(referral_document: ClinicalDocument) -> None:
    read = read_content(write(referral_document))
    assert read.kind == "referral"
    assert read.content == referral_document.content
    assert read.patient == referral_document.patient
    assert read.authorship == Authorship(
        custodian=referral_document.header.custodian,
        author=referral_document.author,
        encounter=referral_document.encounter,
    )
    assert read.unread == ()


def test_a_section_that_breaks_our_form_is_read_as_far_as_it_can_be(
    referral_document: ClinicalDocument,
) -> None:
    octets = write(referral_document)
    broken = octets.replace(b'<tr ID="medications-', b'<tr ID="other-')
    read = read_content(broken)
    held = referral_document.content
    assert [each.name for each in read.content.medications] == [
        each.name for each in held.medications
    ]
    assert replace(read.content, medications=held.medications) == held
    assert "서식대로 적히지 않아" in sentences(read)


def test_a_hostile_document_does_not_ask_for_more_than_it_brings() -> None:
    entries = [problem(value("", "")) for _ in range(3000)]
    text = f'<content ID="a">{"가" * 100_000}</content>'
    many = "<act><entryRelationship typeCode='SUBJ'><observation><text><reference value='#a'/></text></observation></entryRelationship></act>"  # noqa: E501  # One element.
    read = foreign(section("11450-4", *entries, *[many] * 3000, text=text))
    assert len(read.unread) == 200


@given(st.binary(max_size=200))
def test_what_is_no_cda_is_refused(octets: bytes) -> None:
    with pytest.raises((CdaRefused, XmlRefused)):
        read_content(octets)


def test_every_published_cda_is_read(cases: Path) -> None:
    folders = ("c-cda-examples", "ipf/cda", "hl7-cda-core", "nist-toolkit2")
    if not (cases / "ihe").is_dir():
        pytest.skip("no CDA samples among the published cases")
    read, said = 0, dict.fromkeys((each.name for each in fields(Content)), 0)
    for folder in folders:
        for file in sorted((cases / "ihe" / folder).rglob("*")):
            if file.suffix.lower() != ".xml":
                continue
            octets = file.read_bytes()
            if b"<ClinicalDocument" in octets[:6000]:
                content = read_content(octets).content
                read += 1
                for name in said:
                    found = getattr(content, name)
                    said[name] += len(found) if isinstance(found, tuple) else bool(found)
    assert read > 40
    assert said["diagnoses"] > 80
    assert said["medications"] > 60
    assert said["test_results"] > 80
    assert said["allergies"] > 50
    assert said["vital_signs"] > 20
    assert said["immunizations"] > 20
    assert said["procedures"] > 20
    assert said["smoking"] > 4
