"""The published samples: the valid ones follow the schema, the wrong ones are told why not."""

from datetime import date
from pathlib import Path

import pytest

from naru.domain.findings import Finding
from naru.formats.cda.rules import check, schema_in

DAY = date(2026, 11, 20)

WRONG = {
    "Referral_Note.xml": ("schema.value", "participant/participantRole", "classCode"),
    "CCD_HITSP_C32v2.4_16SectionsWithEntries.xml": ("schema.element", "birthTime", "birthTime"),
    "CCD_Example_Meaningful_Use_Phllip_Jones.xml": (
        "schema.element",
        "custodian/assignedCustodian",
        "assignedCustodian",
    ),
    "IHE_LabReport_20070816.xml": ("schema.element", "serviceEvent/statusCode", "statusCode"),
    "IHE_LabReport_20080103.xml": ("schema.element", "precondition", "precondition"),
    "IHE_LabReport_21_Extended.xml": ("schema.element", "precondition", "precondition"),
}
FOLDERS = ("c-cda-examples", "hl7-cda-core", "ipf/cda")


@pytest.fixture(scope="module")
def samples(cases: Path) -> dict[str, tuple[Finding, ...]]:
    if not (cases / "ihe").is_dir() or not (cases / "schemas/cda").is_dir():
        pytest.skip("no CDA samples among the published cases")
    schema = schema_in(cases / "schemas/cda")
    return {
        str(file.relative_to(cases)): check(file.read_bytes(), on=DAY, schema=schema)
        for file in sorted((cases / "ihe").rglob("*.xml"))
        if b"ClinicalDocument" in file.read_bytes()[:4000]
    }


def test_every_sample_is_read(samples: dict[str, tuple[Finding, ...]]) -> None:
    assert len(samples) >= 42
    for name, findings in samples.items():
        unread = [one.rule for one in findings if one.rule.startswith(("xml.", "cda."))]
        assert set(unread) <= {"xml.stylesheet"}, name


def test_the_wrong_ones_are_told_for_the_right_reason(
    samples: dict[str, tuple[Finding, ...]],
) -> None:
    by_name = {Path(name).name: findings for name, findings in samples.items()}
    for name, (rule, place, word) in WRONG.items():
        assert any(
            one.rule == rule and place in one.path and word in one.sentence for one in by_name[name]
        ), name


def test_the_valid_ones_follow_the_schema(samples: dict[str, tuple[Finding, ...]]) -> None:
    for name, findings in samples.items():
        if any(folder in name for folder in FOLDERS) and Path(name).name not in WRONG:
            assert not [one for one in findings if one.rule.startswith("schema.")], name
