"""Synthetic people, and what is submitted of them; no number looks like a real one."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from naru.domain.codes import Code, LocalizedString
from naru.domain.dtm import from_datetime
from naru.domain.identifiers import Identifier, new_oid, new_uuid_urn
from naru.domain.patient_messages import (
    II,
    DemographicsRequest,
    Device,
    FeedAct,
    PatientAdd,
    PatientFeed,
    PatientMerge,
    Transmission,
)
from naru.domain.patient_query import Candidate, PatientQuery
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName
from naru.domain.xds import (
    Association,
    AssociationType,
    Author,
    DocumentEntry,
    Submission,
    SubmissionSet,
    SubmissionSetStatus,
)
from naru.formats.hl7v3 import (
    read_demographics_response,
    write_demographics_request,
    write_feed,
)
from naru.registry.rules.attributes import _coded
from tests.end_to_end.wire import FEED_ACTION, PDQ, PIX, Answer, Caller

DOMAIN = "2.999.1"
CONFIDENTIALITY = "2.16.840.1.113883.5.25"


def a_code(value: str, scheme: str, name: str) -> Code:
    return Code(value, scheme, (LocalizedString(name, "ko-KR"),))


AUTHOR = Author(
    person="TEST-D1^김^나루^^^^^^&2.999.2&ISO",
    institutions=("시험병원^^^^^&2.999.3&ISO^^^^TEST-H1",),
    roles=("주치의",),
    specialties=("내과",),
)
ENTRY = DocumentEntry(
    entry_uuid="Document01",
    unique_id="2.999.4.1",
    patient_id=Identifier("TEST-0001", DOMAIN),
    mime_type="text/xml",
    authors=(AUTHOR,),
    class_code=a_code("referral", "NARU-CLASS", "의뢰"),
    comments=(LocalizedString("덧붙임 <&>", "ko-KR"),),
    confidentiality_codes=(a_code("N", CONFIDENTIALITY, "일반"),),
    creation_time="20261101090000",
    event_codes=(a_code("A", "2.999.5", "가"), a_code("B", "2.999.5", "나")),
    format_code=a_code("urn:test:format", "2.999.6", "형식"),
    healthcare_facility_type_code=a_code("11", "2.999.7", "종합병원"),
    language_code="ko-KR",
    legal_authenticator="TEST-D1^김^나루^^^^^^&2.999.2&ISO",
    practice_setting_code=a_code("01", "2.999.8", "내과"),
    service_start_time="202611010800",
    service_stop_time="202611010900",
    source_patient_id=Identifier("TEST-C1", "2.999.3"),
    source_patient_info=("PID-5|김^나루", "PID-8|F"),
    title=(LocalizedString("진료의뢰서", "ko-KR"),),
    type_code=a_code("57133-1", "2.16.840.1.113883.6.1", "진료의뢰서"),
)
SUBMISSION_SET = SubmissionSet(
    entry_uuid="SubmissionSet01",
    unique_id="2.999.4.2",
    patient_id=ENTRY.patient_id,
    source_id="2.999.3",
    submission_time="20261101090100",
    content_type_code=a_code("referral", "NARU-CONTENT-TYPE", "의뢰"),
    authors=(AUTHOR,),
    title=(LocalizedString("의뢰", "ko-KR"),),
)


def submission(patient: Identifier, *entries: DocumentEntry, recipient: str = "") -> Submission:
    """A submission of these entries, each with fresh ids unless it has its own already."""
    sent = replace(SUBMISSION_SET, unique_id=new_oid(), patient_id=patient)
    if recipient:
        sent = replace(sent, intended_recipients=(f"시험의원^^^^^^^^^{recipient}",))
    return Submission(
        submission_set=sent,
        entries=entries,
        associations=tuple(
            Association(
                entry_uuid=new_uuid_urn(),
                type=AssociationType.HAS_MEMBER,
                source=sent.entry_uuid,
                target=entry.entry_uuid,
                submission_set_status=SubmissionSetStatus.ORIGINAL,
            )
            for entry in entries
        ),
    )


def entry(
    patient: Identifier, content: bytes | None = None, mime: str = "text/xml"
) -> DocumentEntry:
    """A fresh entry; of known content it says hash and size."""
    fresh = replace(
        ENTRY, entry_uuid=new_uuid_urn(), unique_id=new_oid(), patient_id=patient, mime_type=mime
    )
    if content is None:
        return fresh
    digest = hashlib.sha1(content).hexdigest()
    return replace(fresh, hash=digest, size=len(content))


def newcomer(authority: str = DOMAIN) -> Identifier:
    return Identifier(f"TEST-{uuid4().hex[:12].upper()}", authority)


def person(identifier: Identifier) -> PatientRecord:
    return PatientRecord(
        identifiers=(identifier,),
        demographics=Demographics(
            names=(PersonName(text="김나루", family="김", given=("나루",)),),
            gender=Gender.FEMALE,
            birth_time="19900101",
        ),
    )


def feed_message(*acts: FeedAct, interaction: str = "PRPA_IN201301UV02") -> str:
    return write_feed(
        PatientFeed(
            transmission=Transmission(
                id=II(new_oid()),
                creation_time=from_datetime(datetime.now(UTC)),
                interaction=interaction,
                sender=Device("2.999.30"),
                receiver=Device("2.999.31"),
            ),
            acts=acts,
            custodian="2.999.32",
        )
    )


def feed(caller: Caller, identifier: Identifier) -> Answer:
    """Tell a node of one more person."""
    return caller.soap(PIX, FEED_ACTION, feed_message(PatientAdd(record=person(identifier))))


def merge(caller: Caller, survivor: Identifier, subsumed: Identifier) -> Answer:
    act = PatientMerge(survivor=survivor, subsumed=subsumed)
    action = "PRPA_IN201304UV02"
    return caller.soap(PIX, f"urn:hl7-org:v3:{action}", feed_message(act, interaction=action))


def acknowledgement(answer: Answer) -> str:
    found = answer.body.find(".//{*}acknowledgement/{*}typeCode")
    assert found is not None, answer.content
    return str(found.get("code"))


def asks_who(caller: Caller, query: PatientQuery) -> tuple[Candidate, ...]:
    """Who ITI-47 says matches."""
    return read_demographics_response(asked_who(caller, query).body).candidates.found


def asked_who(caller: Caller, query: PatientQuery) -> Answer:
    """What ITI-47 answers."""
    interaction = "PRPA_IN201305UV02"
    request = DemographicsRequest(
        transmission=Transmission(
            id=II(new_oid()),
            creation_time=from_datetime(datetime.now(UTC)),
            interaction=interaction,
            sender=Device("2.999.30"),
            receiver=Device("2.999.31"),
        ),
        query_id=II(new_oid()),
        query=query,
    )
    message = write_demographics_request(request)
    return caller.soap(PDQ, f"urn:hl7-org:v3:{interaction}", message)


def write_code_sets(file: Path, submissions: Iterable[Submission], *more: str) -> None:
    """A code file of the JSON form that admits what these submissions and our own say."""
    every = (submission(Identifier("TEST-0", DOMAIN), ENTRY), *submissions)
    used: dict[str, dict[str, set[str]]] = {}
    mime_types = {"text/xml", "application/pdf", "text/plain", "application/octet-stream"}
    authorities = {DOMAIN, *more}
    for one in every:
        for attribute, code, _ in _coded(one):
            used.setdefault(attribute, {}).setdefault(code.scheme, set()).add(code.code)
        mime_types |= {each.mime_type for each in one.entries}
        if one.submission_set.patient_id:
            authorities.add(one.submission_set.patient_id.authority)
    sets = {
        attribute: [
            {"scheme": scheme, "codes": [{"code": code, "display": code} for code in sorted(codes)]}
            for scheme, codes in sorted(schemes.items())
        ]
        for attribute, schemes in used.items()
    }
    content = {
        "name": "시험",
        "version": "1",
        "status": "test",
        "attributes": sets,
        "mime_types": sorted(mime_types),
        "assigning_authorities": sorted(authorities),
    }
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
