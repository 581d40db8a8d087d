"""Prescription, diagnosis list and certificates: each rule by its name."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from naru.domain.findings import Finding
from naru.domain.findings import rules as known_rules
from naru.domain.papers import (
    Certificate,
    DiagnosisList,
    Disease,
    Dispensing,
    Paper,
    Prescription,
    breaches,
    prescription_number,
    tables,
)
from tests.papers import PRESCRIBED


def rules(paper: Paper) -> set[str]:
    return {one.rule for one in breaches(paper)}


def test_whole_papers_break_nothing(
    prescription: Prescription, diagnosis_list: DiagnosisList, certificate: Certificate
) -> None:
    assert rules(prescription) == rules(diagnosis_list) == rules(certificate) == set()


def test_a_number_is_the_day_and_a_serial() -> None:
    assert prescription_number(date(2026, 11, 20), 1) == "2026112000001"
    for serial in (0, 100_000):
        with pytest.raises(ValueError, match="serial"):
            prescription_number(date(2026, 11, 20), serial)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"number": "20261120"}, "prescription.number"),
        ({"number": "2026112000000"}, "prescription.number"),
        ({"number": "2026111900001"}, "prescription.number-day"),
        ({"valid_days": 0, "dispensings": ()}, "prescription.valid-days"),
        ({"items": ()}, "prescription.no-item"),
        ({"diseases": (Disease(code="A00"),) * 4}, "prescription.many-diseases"),
        ({"license_kind": "99"}, "paper.unknown-code"),
    ],
)
def test_each_rule_of_a_prescription(
    prescription: Prescription, change: dict[str, Any], rule: str
) -> None:
    assert rules(replace(prescription, **change)) == {rule}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"dose": Decimal(0)}, "prescription.amount"),
        ({"days": 0}, "prescription.amount"),
        ({"coinsurance": "Z"}, "paper.unknown-code"),
        ({"code_kind": "9"}, "paper.unknown-code"),
        ({"injection": "nowhere"}, "paper.unknown-code"),
    ],
)
def test_each_rule_of_a_medicine(
    prescription: Prescription, change: dict[str, Any], rule: str
) -> None:
    item = replace(prescription.items[0], **change)
    assert rules(replace(prescription, items=(item,))) == {rule}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"pharmacy": " "}, "prescription.dispensed-by"),
        ({"pharmacist": ""}, "prescription.dispensed-by"),
        ({"days": 0}, "prescription.dispensed-days"),
        ({"dispensed": PRESCRIBED - timedelta(days=1)}, "prescription.dispensed-day"),
        ({"dispensed": PRESCRIBED + timedelta(days=3)}, "prescription.dispensed-day"),
    ],
)
def test_each_rule_of_a_dispensing(
    prescription: Prescription, change: dict[str, Any], rule: str
) -> None:
    (one,) = prescription.dispensings
    both = (one, replace(one, **change))
    (breach,) = breaches(replace(prescription, dispensings=both))
    assert (breach.rule, *breach.field) == (rule, "dispensings", 1, next(iter(change)))


@pytest.mark.parametrize("after", [0, 2])
def test_it_is_dispensed_from_the_day_of_issue_to_the_last_of_use(
    prescription: Prescription, after: int
) -> None:
    day = PRESCRIBED + timedelta(days=after)
    one = Dispensing(pharmacy="약국", pharmacist="약사", dispensed=day, days=1)
    assert rules(replace(prescription, dispensings=(one,))) == set()


def test_a_patient_may_ask_that_no_disease_is_named(prescription: Prescription) -> None:
    assert rules(replace(prescription, diseases=())) == set()


def test_a_visit_ends_after_it_begins_under_an_insurance_that_is_known(
    prescription: Prescription, diagnosis_list: DiagnosisList
) -> None:
    for paper in (prescription, diagnosis_list):
        until = paper.visit.date - timedelta(days=1)
        assert rules(replace(paper, visit=replace(paper.visit, until=until))) == {"visit.until"}
        unknown = replace(paper.visit, insurance="no-such")
        assert rules(replace(paper, visit=unknown)) == {"paper.unknown-code"}


def test_a_list_names_its_diagnoses(diagnosis_list: DiagnosisList) -> None:
    assert rules(replace(diagnosis_list, diagnoses=())) == {"diagnosis-list.empty"}
    nameless = replace(diagnosis_list.diagnoses[0], name=" ")
    assert rules(replace(diagnosis_list, diagnoses=(nameless,))) == {"diagnosis-list.unnamed"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"kind": "no-such"}, "certificate.kind"),
        ({"opinion": ""}, "certificate.required"),
        ({"license_number": ""}, "certificate.required"),
        ({"license_kind": "99"}, "paper.unknown-code"),
        ({"fee": 20_001}, "certificate.fee"),
        ({"since": date(2026, 1, 2), "until": date(2026, 1, 1)}, "certificate.period"),
    ],
)
def test_each_rule_of_a_certificate(
    certificate: Certificate, change: dict[str, Any], rule: str
) -> None:
    assert rules(replace(certificate, **change)) == {rule}


def test_a_certified_diagnosis_has_code_name_and_day(certificate: Certificate) -> None:
    one = certificate.diagnoses[0]
    for change, rule in (
        ({"code": ""}, "certificate.diagnosis"),
        ({"diagnosed": None}, "certificate.diagnosed"),
        ({"certainty": "perhaps"}, "paper.unknown-code"),
    ):
        other = replace(certificate, diagnoses=(replace(one, **change),))
        assert rules(other) == {rule}


def test_a_confirmation_of_visits_names_no_diagnosis(certificate: Certificate) -> None:
    visits = replace(
        certificate,
        kind="PDZ090004",
        diagnoses=(),
        opinion="",
        since=date(2026, 11, 1),
        until=date(2026, 11, 20),
        visits=3,
        fee=3_000,
    )
    assert rules(visits) == set()
    named = replace(visits, diagnoses=certificate.diagnoses)
    assert rules(named) == {"certificate.forbidden"}


def test_each_kind_of_certificate_says_what_it_carries() -> None:
    fields = set(Certificate.__dataclass_fields__)
    for kind in tables().certificates.values():
        assert fields >= {*kind.requires, *kind.forbids}
        assert kind.korean
        assert kind.english


def test_every_breach_is_a_rule_with_its_sentence(prescription: Prescription) -> None:
    (breach,) = breaches(replace(prescription, number="1"))
    finding = Finding(breach.rule, "", breach.values)
    assert finding.rule in known_rules()
    assert "13자리" in finding.sentence
    assert "13 digits" in finding.said(english=True)
