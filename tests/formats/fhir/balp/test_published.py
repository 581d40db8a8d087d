"""Every published AuditEvent, read into an audit message and written again, field by field.

Deliberately different, since an audit message has no place for it: ids, texts and the markings of
tests; references, which stand as identifiers here; extensions, policies and purposes of one agent,
which a token brings; what describes a query beside the query.
"""

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from naru.domain.audit_message import (
    ActiveParticipant,
    AuditMessage,
    AuditSource,
    CodedValue,
    EventActionCode,
    EventIdentification,
    NetworkAccessPointTypeCode,
    ObjectDetail,
    ParticipantObject,
)
from naru.formats.fhir.balp.audit_event import to_audit_event
from tests.published import CASES

Resource = dict[str, Any]
_NAMES = {
    "http://dicom.nema.org/resources/ontology/DCM": "DCM",
    "urn:ihe:event-type-code": "IHE Transactions",
}


def published() -> list[Path]:
    folder = CASES / "ihe" / "ihe-fhir"
    return sorted(folder.glob("*/AuditEvent-*.json"))


def coded(value: Resource) -> CodedValue:
    system = value.get("system", "")
    return CodedValue(value["code"], _NAMES.get(system, system), value.get("display", ""))


def named(who: Resource) -> str:
    identifier = who.get("identifier", {})
    return str(who.get("reference") or identifier.get("value") or who.get("display"))


def agent(told: Resource) -> ActiveParticipant:
    network = told.get("network", {})
    kind = network.get("type")
    return ActiveParticipant(
        roles=tuple(coded(one) for one in told["type"]["coding"]),
        user_id=named(told.get("who", {"display": ""})),
        is_requestor=told["requestor"],
        access_point=network.get("address", ""),
        access_point_type=NetworkAccessPointTypeCode(kind) if kind else None,
    )


def entity(told: Resource) -> ParticipantObject:
    identifier = told.get("what", {}).get("identifier", {})
    id_ = named(told["what"]) if "what" in told else ""
    if "system" in identifier:
        oid = identifier["system"].removeprefix("urn:oid:")
        id_ = f"{identifier['value']}^^^&{oid}&ISO"
    kind = told["type"]
    numbered = kind["system"].endswith("audit-entity-type")
    return ParticipantObject(
        id_type=coded(kind),
        id=id_,
        type=kind["code"] if numbered else "",
        role=told.get("role", {}).get("code", ""),
        query=base64.b64decode(told["query"]) if "query" in told else None,
        details=tuple(
            ObjectDetail(one["type"], one["valueString"].encode()) for one in told.get("detail", ())
        ),
    )


def message(told: Resource) -> AuditMessage:
    return AuditMessage(
        event=EventIdentification(
            id=coded(told["type"]),
            types=tuple(map(coded, told["subtype"])),
            outcome_description=told.get("outcomeDesc", ""),
            purposes_of_use=tuple(
                coded(one["coding"][0]) for one in told.get("purposeOfEvent", ())
            ),
            action=EventActionCode(told["action"]) if "action" in told else None,
            time=datetime.fromisoformat(told["recorded"]),
            outcome=int(told["outcome"]),
        ),
        participants=tuple(map(agent, told["agent"])),
        source=AuditSource(
            id=named(told["source"]["observer"]),
            enterprise_site=told["source"].get("site", ""),
            types=tuple(
                CodedValue(one["code"], "DCM", one["display"]) for one in told["source"]["type"]
            ),
        ),
        objects=tuple(map(entity, told.get("entity", ()))),
    )


@pytest.mark.skipif(not published(), reason="no published cases: NARU_CASES names no folder")
def test_published_events_are_written_as_published() -> None:
    files = published()
    assert len(files) >= 45
    for file in files:
        told = json.loads(file.read_text("utf-8"))
        ours = to_audit_event(message(told))
        for field in ("type", "subtype", "action", "outcome", "outcomeDesc", "purposeOfEvent"):
            assert ours.get(field) == told.get(field), (file.name, field)
        assert ours["recorded"][:19] == told["recorded"][:19], file.name
        assert ours["source"]["type"] == told["source"]["type"], file.name
        assert ours["source"].get("site") == told["source"].get("site"), file.name
        assert len(ours["agent"]) == len(told["agent"]), file.name
        for one, other in zip(ours["agent"], told["agent"], strict=True):
            assert one["requestor"] == other["requestor"], file.name
            assert one.get("network") == other.get("network"), file.name
            if not other["requestor"]:
                assert one["type"] == other["type"], file.name
        for one, other in zip(ours.get("entity", ()), told.get("entity", ()), strict=True):
            for field in ("type", "role", "query", "detail"):
                assert one.get(field) == other.get(field), (file.name, field)
            if "system" in other.get("what", {}).get("identifier", {}):
                assert one["what"] == other["what"], file.name


PATTERNS = (
    "Create", "Read", "Update", "Delete", "Query", "PatientCreate", "PatientRead", "PatientUpdate",
    "PatientDelete", "PrivacyDisclosure.Source", "AuthZconsent",
)  # fmt: skip


@pytest.mark.skipif(not published(), reason="no published cases: NARU_CASES names no folder")
def test_a_pattern_names_its_profile() -> None:
    seen = set()
    for file in published():
        told = json.loads(file.read_text("utf-8"))
        profile = told["meta"]["profile"][0]
        if profile.rpartition("BasicAudit.")[2] in PATTERNS:
            assert to_audit_event(message(told))["meta"]["profile"] == [profile], file.name
            seen.add(profile.rpartition("BasicAudit.")[2])
    assert seen == set(PATTERNS)
