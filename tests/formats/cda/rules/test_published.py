"""The published samples: the valid ones follow the schema, the wrong ones are told why not."""

from datetime import date
from pathlib import Path

import pytest

from naru.domain.findings import Finding
from naru.formats.cda.rules import check, schema_in
from tests.formats.cda.samples import cda_samples

DAY = date(2026, 11, 20)

WRONG = {
    # Each is wrong by CDA's schema, at a place that can be seen in the file.
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
    "11730/cda.xml": ("schema.attribute", "/ClinicalDocument", "@templateId"),
    "SUBSET001/CDA.XML": ("schema.attribute", "/ClinicalDocument", "@templateId"),
    "SUBSET002/CDA_1.XML": ("schema.attribute", "/ClinicalDocument", "@templateId"),
    "SUBSET002/CDA_2.XML": ("schema.attribute", "/ClinicalDocument", "@templateId"),
    "submit/c32.xml": ("schema.element", "/ClinicalDocument", "templateId"),
    "submit/gallowYounger.xml": ("schema.value", "participant/participantRole", "classCode"),
    "submit/gallowYounger2.xml": ("schema.value", "participant/participantRole", "classCode"),
    "submit/gallowYounger3.xml": ("schema.value", "participant/participantRole", "classCode"),
    "DischargeSummary_2014Edition_sample.xml": ("schema.element", "/ClinicalDocument", "setId"),
    "12318/init/summary.xml": ("schema.value", "playingEntity/code", "code/@code"),
    "15832/init/summary.xml": ("schema.value", "playingEntity/code", "code/@code"),
}
OTHERS_RULES = "MU_Rev0_HITSP_BaseC32v2.5_RequiredTemplateIds_FourErrors.xml"
"""Wrong by HITSP's schematron alone, which is not judged (docs/conformance/cda-samples.tsv)."""


@pytest.fixture(scope="module")
def samples(cases: Path) -> dict[str, tuple[Finding, ...]]:
    if not (cases / "ihe").is_dir() or not (cases / "schemas/cda").is_dir():
        pytest.skip("no CDA samples among the published cases")
    schema = schema_in(cases / "schemas/cda")
    return {
        str(file.relative_to(cases)): check(file.read_bytes(), on=DAY, schema=schema)
        for file in cda_samples(cases)
    }


def test_every_sample_is_read(samples: dict[str, tuple[Finding, ...]]) -> None:
    assert len(samples) >= 46
    for name, findings in samples.items():
        unread = [one.rule for one in findings if one.rule.startswith(("xml.", "cda."))]
        assert set(unread) <= {"xml.stylesheet"}, name


def test_the_wrong_ones_are_told_for_the_right_reason(
    samples: dict[str, tuple[Finding, ...]],
) -> None:
    for end, (rule, place, word) in WRONG.items():
        (findings,) = (found for name, found in samples.items() if name.endswith(f"/{end}"))
        assert any(
            one.rule == rule and place in one.path and word in one.sentence for one in findings
        ), end


def test_all_others_follow_the_schema(samples: dict[str, tuple[Finding, ...]]) -> None:
    """So that each known-invalid sample has its reason above, and no valid one is called wrong."""
    for name, findings in samples.items():
        if not any(name.endswith(f"/{end}") for end in WRONG):
            assert not [one for one in findings if one.rule.startswith("schema.")], name


def test_what_others_schematron_alone_forbids_is_not_judged_and_said_so(
    samples: dict[str, tuple[Finding, ...]],
) -> None:
    (found,) = (one for name, one in samples.items() if name.endswith(OTHERS_RULES))
    assert [one.rule for one in found] == ["template.foreign"]
