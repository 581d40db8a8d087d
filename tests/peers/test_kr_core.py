"""HL7's validator with KR Core's profiles on every kind of FHIR resource that documents become."""

import dataclasses
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from naru.domain.clinical import Content, Diagnosis
from naru.formats.fhir.json import to_json
from naru.formats.fhir.krcore import to_bundle
from naru.formats.fhir.resource import Resource
from tests.formats.fhir.krcore.clinical import KINDS
from tests.formats.fhir.krcore.example import DOCUMENT
from tests.peers import definitions, exchanges, installed, validator
from tests.peers.exchanges import Exchanges

installed.need("hapi")
pytestmark = exchanges.together("kr-core")

# What users bring: codes of systems that nobody may ship.
BROUGHT: Final = {
    "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-8": ["E11.9", "A15.0"],
    "urn:oid:1.2.410.100110.40.2.3.1": [f"TEST-H0000000{number}" for number in (1, 2, 3)],
}

# docs/conformance/kr-core.tsv tells why these are no fault of ours.
STATED: Final = {
    "KR Core cuts blood pressure into slices by what it does not fix": (
        "Slicing cannot be evaluated: Could not match discriminator (code.coding.code)"
    ),
}
KCD_9: Final = "krcore/ValueSet/krcore-kcd8-codes"


def _made() -> dict[str, Resource]:
    made = {
        f"document-{kind}": to_bundle(dataclasses.replace(DOCUMENT, kind=kind)) for kind in KINDS
    }
    ninth = Content(diagnoses=(Diagnosis(date=date(2026, 1, 1), code="E119", name="당뇨병"),))
    made["ninth"] = to_bundle(dataclasses.replace(DOCUMENT, content=ninth))
    # One that has to be found, so that silence proves something.
    made["wrong"] = to_bundle(DOCUMENT)
    del made["wrong"]["entry"][1]["resource"]["birthDate"]
    return made


MADE: Final = _made()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Exchanges:
    folder, profiles = (tmp_path_factory.mktemp(name) for name in ("resources", "definitions"))
    definitions.write(profiles, BROUGHT)
    _write(folder)
    return validator.judged(folder, profiles)


def _write(folder: Path) -> None:
    for name, resource in MADE.items():
        (folder / f"{name}.json").write_bytes(to_json(resource))


def _errors(told: Exchanges, name: str) -> list[str]:
    ended = told.ended[f"FHIR {name}.json"].partition("\t")[2]
    found = [one for one in ended.split(" | ") if one]
    return [one for one in found if not any(words in one for words in STATED.values())]


def test_every_resource_was_judged(told: Exchanges) -> None:
    told.must_be([f"FHIR {name}.json" for name in MADE])


@pytest.mark.parametrize("name", sorted(set(MADE) - {"ninth", "wrong"}))
def test_nothing_is_wrong_but_what_is_stated(told: Exchanges, name: str) -> None:
    assert _errors(told, name) == []


def test_a_code_of_the_ninth_revision_is_no_code_of_kr_core(told: Exchanges) -> None:
    found = _errors(told, "ninth")

    assert found
    assert all(KCD_9 in one or "Unable to expand" in one or "kcd-9" in one for one in found)


def test_a_patient_without_a_day_of_birth_is_found(told: Exchanges) -> None:
    assert any("Patient.birthDate" in one for one in _errors(told, "wrong"))
