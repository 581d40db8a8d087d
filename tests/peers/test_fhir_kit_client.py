"""npm `fhir-kit-client` at the FHIR door, and HL7's validator on every resource that comes back."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.formats.fhir.mhd import provide_bundle_written
from naru.registry import ids
from tests.end_to_end import people
from tests.end_to_end.institutions import CONTENT, HUB_A, Exchange
from tests.peers import exchanges, installed, validator
from tests.peers.exchanges import Exchanges
from tests.peers.mutual_tls import Institution
from tests.registry.synthetic import in_the_name_of

installed.need("node", "hapi")
pytestmark = exchanges.together("fhir-kit-client")

WRONG: Final = "wrong.json"
ANSWERED: Final = (
    "FHIR appointment-booked.json",
    "FHIR appointment-cancelled.json",
    "FHIR appointment-conflict.json",
    "FHIR appointment-moved.json",
    "FHIR iti104.json",
    "FHIR iti119.json",
    "FHIR iti65-refused.json",
    "FHIR iti65.json",
    "FHIR iti66.json",
    "FHIR iti67-read.json",
    "FHIR iti67-search.json",
    "FHIR iti78-nobody.json",
    "FHIR iti78-read.json",
    "FHIR iti78-search.json",
    "FHIR iti83.json",
    "FHIR metadata.json",
    "FHIR slot-search.json",
    "FHIR unknown-parameter.json",
)
EXCHANGES: Final = (
    "FHIR metadata",
    "FHIR an unknown parameter",
    "ITI-104 a conditional update that adds",
    "ITI-78 search by family name",
    "ITI-78 search by POST",
    "ITI-78 read",
    "ITI-78 read of nobody",
    "ITI-83 the affinity domain's identifier",
    "ITI-119 match",
    "ITI-67 documents of a patient",
    "ITI-67 read",
    "ITI-68 the document",
    "ITI-66 submission sets of a patient",
    "ITI-65 a document in a transaction",
    "ITI-65 a description without its document",
    "FHIR Slot: what is free on a day",
    "FHIR Appointment: booked",
    "FHIR Appointment: a taken Slot is a conflict",
    "FHIR Appointment: moved",
    "FHIR Appointment: a move to a taken Slot leaves it where it was",
    "FHIR Appointment: cancelled",
)

_SCHEDULE: Final = """
from datetime import timedelta, time
from uuid import uuid4
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.scheduling import Hours, Schedule
from naru.exchange.access import Access
from naru.scheduling import schedules
caller = Caller(role=Role.REFERRAL_COORDINATOR, purpose=PurposeOfUse.TREATMENT,
    assurance=Assurance.SESSION, institution=UUID(sys.argv[1]), person=uuid4())
schedule = Schedule(id=uuid4(), institution=caller.institution,
    department="01^^http://www.hl7korea.or.kr/CodeSystem/hira-medical-department",
    practitioner="한의사", weekly=((Hours(time(9), time(12)),),) * 7, slot=timedelta(minutes=30),
    first=today, closed_on_holidays=False)
schedules.keep(Access(transaction="TEST", caller=caller, time=now), schedule)
print(json.dumps({"schedule": str(schedule.id), "day": str(today + timedelta(days=2))}))
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("resources")


def provided(patient: Identifier, institution: str) -> dict[str, Any]:
    """A Bundle of one document of today, in the name of the institution."""
    today = f"{korean_day(datetime.now(UTC)):%Y%m%d}"
    entry = replace(
        people.entry(patient, CONTENT), service_start_time=today, service_stop_time=today
    )
    sent = ids.assign(in_the_name_of(people.submission(patient, entry), institution))
    data = {entry.entry_uuid: base64.b64encode(CONTENT).decode()}
    return provide_bundle_written.to_fhir(sent, data)


@pytest.fixture(scope="session")
def schedule(exchange: Exchange) -> dict[str, str]:
    """A schedule of the hub, and a day on which nothing is booked yet nor over."""
    told = exchange.node.administer(_SCHEDULE, exchange.institutions[HUB_A])
    found: dict[str, str] = json.loads(told)
    return found


@pytest.fixture(scope="session")
def told(
    hub: Institution,
    patient: Identifier,
    registered: str,
    folder: Path,
    schedule: dict[str, str],
) -> Exchanges:
    settings = (
        hub.settings(patient)
        | schedule
        | {
            "folder": str(folder),
            "document": registered,
            "content": CONTENT.decode(),
            "bundle": provided(patient, hub.oid),
        }
    )
    command = installed.node("fhir_exchanges.js")
    return Exchanges.run(command, {"NARU_PEER": json.dumps(settings)})


def test_every_exchange_is_listed(told: Exchanges) -> None:
    told.must_be(EXCHANGES)


@pytest.mark.parametrize("name", exchanges.each("fhir-kit-client 2.0", EXCHANGES))
def test_fhir_kit_client_exchanges_with_a_node(told: Exchanges, name: str) -> None:
    told.must_have_succeeded(name)


@pytest.fixture(scope="session")
def judged(told: Exchanges, folder: Path) -> Exchanges:
    """What HL7's validator says of each resource, and of one that is wrong."""
    wrong = {"resourceType": "Patient", "gender": "ferry", "birthDate": "1990-13-01"}
    (folder / WRONG).write_text(json.dumps(wrong), encoding="utf-8")
    return validator.judged(folder)


def test_every_resource_that_came_back_is_judged(judged: Exchanges) -> None:
    judged.must_be((*ANSWERED, f"FHIR {WRONG}"))


def test_the_validator_finds_what_is_wrong(judged: Exchanges) -> None:
    told = judged.ended[f"FHIR {WRONG}"]
    assert told.startswith("failed")
    assert "ferry" in told
    assert "1990-13-01" in told


@pytest.mark.parametrize("name", exchanges.each("HL7 validator", ANSWERED))
def test_the_validator_finds_nothing_wrong_in_an_answer(judged: Exchanges, name: str) -> None:
    judged.must_have_succeeded(name)
