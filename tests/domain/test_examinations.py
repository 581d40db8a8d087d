"""An examination's modality and part of the body: its codes first, then words by themselves."""

import pytest

from naru.domain.clinical import Coding
from naru.domain.examinations import Category, category_of, modality_of, parts_of


@pytest.mark.parametrize(
    "name",
    [
        "C-reactive protein",
        "Lactate",
        "Electrolyte",
        "Prolactin",
        "HCT",
        "Factor VIII",
        "Direct bilirubin",
        "PCT",
        "CT/NG PCR",
        "Carpet mite",
        "PT(INR)",
        "채혈",
        "",
    ],
)
def test_a_test_of_blood_is_no_image(name: str) -> None:
    assert modality_of(name) == ""


@pytest.mark.parametrize(
    ("name", "modality"),
    [
        ("Brain CT", "CT"),
        ("복부CT촬영", "CT"),
        ("ＣＴ 흉부", "CT"),
        ("Computed tomography of chest", "CT"),
        ("컴퓨터 단층촬영", "CT"),
        ("MR spectroscopy", "MR"),
        ("Magnetic resonance imaging", "MR"),
        ("뇌 자기공명영상", "MR"),
        ("PET-CT", "PT"),
        ("PET CT", "PT"),
        ("Bone scan", "NM"),
        ("유방 촬영", "MG"),
        ("Chest X-ray", "CR"),
        ("갑상선 초음파", "US"),
    ],
)
def test_a_name_tells_its_modality(name: str, modality: str) -> None:
    assert modality_of(name) == modality


@pytest.mark.parametrize(
    ("coding", "modality"),
    [
        (Coding("http://snomed.info/sct", "113091000"), "MR"),
        (Coding("http://dicom.nema.org/resources/ontology/DCM", "US"), "US"),
        (Coding("EDI", "HA4TEST"), "CT"),
        (Coding("KD", "HA4TEST"), "CR"),
    ],
)
def test_a_code_goes_before_the_name(coding: Coding, modality: str) -> None:
    assert modality_of("X-ray", (coding,)) == modality


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("뇌 CT", {"HEAD"}),
        ("Brain & Neck CT", {"HEAD", "NECK"}),
        ("복부/골반 CT", {"ABDOMEN", "PELVIS"}),
        ("자궁경부 초음파", {"PELVIS"}),
        ("만성폐쇄성", set()),
        ("저선량 폐 CT", {"CHEST"}),
        ("경추 MRI", {"CSPINE"}),
        ("Spine MRI", {"CSPINE", "TSPINE", "LSPINE"}),
        ("CT", set()),
    ],
)
def test_a_name_tells_its_parts_of_the_body(name: str, parts: set[str]) -> None:
    assert parts_of(name) == parts


def test_a_category_tells_imaging_or_laboratory() -> None:
    assert category_of([Coding("", "108252007")]) is Category.LABORATORY
    assert category_of([Coding("", "RAD")]) is Category.IMAGING
    assert category_of([Coding("", "409063005")]) is None
