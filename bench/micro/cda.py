"""Clinical documents alone: `python -m bench.micro.cda`; nothing here is a test.

Prints what one process does in a second on one document as large as a referral, each figure
the best of several rounds, beside what lxml alone does in the same run with the same octets: its
parser, and its serialiser of the finished tree. Want: 500 written in a second.
"""

import timeit
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from lxml import etree

from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    CareInstitution,
    ClinicalDocument,
    Coding,
    Content,
    Department,
    Diagnosis,
    DocumentHeader,
    Encounter,
    Interpretation,
    Medication,
    Patient,
    Practitioner,
    Procedure,
    Smoking,
    SmokingStatus,
    TestResult,
    VitalSigns,
)
from naru.domain.identifiers import Identifier
from naru.formats.cda import read, read_content, write

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
ROUNDS, EACH = 7, 100


def summary() -> ClinicalDocument:
    """진료기록요약지 of a visit, in about 13 KB: no text stands there twice."""
    kostom = (Coding("KOSTOM", "TEST-H1", "대표어"),)
    clinic = CareInstitution(
        name="가람의원", oid="2.999.10.1", code="TEST-101", telephone="02-000-0001"
    )
    return ClinicalDocument(
        kind="summary",
        header=DocumentHeader(
            id="2.25.1234567890",
            time=NOW,
            patient_id=Identifier("TEST-0001", "2.999.10.1.1"),
            custodian=clinic,
        ),
        patient=Patient(mrn="TEST-0001", name="남궁하늘", birth_date=date(1980, 5, 5)),
        author=Practitioner(
            id="TEST-D1", name="한의사", department=Department(code="0100", name="내과")
        ),
        encounter=Encounter(date=DAY),
        content=Content(
            vital_signs=(
                VitalSigns(
                    time=NOW,
                    height=Decimal(162),
                    weight=Decimal("58.5"),
                    systolic=Decimal(128),
                    diastolic=Decimal(82),
                    temperature=Decimal("36.5"),
                ),
            ),
            diagnoses=tuple(
                Diagnosis(date=DAY, code=f"I2{n}", name=f"협심증 {n}", translations=kostom)
                for n in range(3)
            ),
            medications=tuple(
                Medication(
                    time=DAY,
                    code=f"TEST-M{n}",
                    name=f"암로디핀 {n} mg",
                    dose="1정",
                    times="1회",
                    days="30일",
                    usage="아침 식후 30분",
                    translations=(Coding("ATC", "C08CA01", "amlodipine"),),
                )
                for n in range(4)
            ),
            test_results=tuple(
                TestResult(
                    time=NOW,
                    code=f"D00{n:02}",
                    item="일반화학",
                    name=f"검사 {n}",
                    result=f"{n}.10",
                    unit="mmol/L",
                    reference="3.5 - 5.1",
                    interpretation=Interpretation.NORMAL,
                )
                for n in range(8)
            ),
            procedures=(Procedure(date=DAY, code="3606", name="관상동맥 스텐트 삽입술"),),
            allergies=(
                Allergy(date=DAY, kind=AllergyKind.DRUG, name="페니실린", reaction="두드러기"),
            ),
            smoking=(Smoking(date=DAY, status=SmokingStatus.NEVER),),
        ),
    )


def per_second(name: str, act: Callable[[], object]) -> float:
    """Print how often the act is done in a second, by the best round."""
    best = min(timeit.Timer(act).repeat(ROUNDS, EACH)) / EACH
    print(f"{1 / best:10,.0f} /s  {best * 1e6:7.0f} µs  {name}", flush=True)
    return best


def main() -> None:
    """Measure."""
    document = summary()
    octets = write(document)
    assert read(octets) == replace(document)
    tree = etree.fromstring(octets)
    print(f"one document of {len(octets):,} octets")
    written = per_second("write", lambda: write(document))
    floor = per_second("  floor: lxml serialises its tree", lambda: etree.tostring(tree))
    print(f"{'':20}{written / floor:.1f} times the floor")
    was_read = per_second("read", lambda: read(octets))
    loose = per_second("read as foreign content", lambda: read_content(octets))
    floor = per_second("  floor: lxml parses the octets", lambda: etree.fromstring(octets))
    print(f"{'':20}{was_read / floor:.1f} and {loose / floor:.1f} times the floor")


if __name__ == "__main__":
    main()
