"""The requests of the bench, built once by the program's own writers and patched for each sending.

What differs from one request to the next has a fixed length, so that a sender puts a number into
the bytes in place and nothing else is computed while time is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier
from naru.domain.korea import korean_day
from naru.domain.stored_query import FindDocuments, ReturnType
from naru.domain.xds import (
    Association,
    AssociationType,
    Author,
    AvailabilityStatus,
    DocumentEntry,
    DocumentRequest,
    Submission,
    SubmissionSet,
    SubmissionSetStatus,
)

if TYPE_CHECKING:
    from bench.seeding import Seed

TODAY = f"{korean_day(datetime.now(UTC)):%Y%m%d}"
"""The day of every record: a consent is of the day on which it is given, or of a later one."""

NUMBER = "1770000000001"
"""Stands in a template where each request has a number of its own, of as many digits."""

PATIENT = "PATIENT-ID-HERE"
DOCUMENT_BYTES = 13 * 1024
ENTRIES_EACH = 20
_HIRA = "http://www.hl7korea.or.kr/CodeSystem"


def entry(patient: Identifier, unique_id: str, repository: str | None = None) -> DocumentEntry:
    """A referral's metadata, as much of it as a hospital sends."""
    return DocumentEntry(
        entry_uuid=f"doc-{unique_id}",
        unique_id=unique_id,
        patient_id=patient,
        mime_type="text/xml",
        authors=(
            Author(
                person="TEST-11375^가나다^^^^^^^&2.999.414&ISO",
                institutions=("나루병원^^^^^^^^^2.999.410.2",),
                roles=("의사",),
                specialties=("내과",),
            ),
        ),
        class_code=_code("referral", "의뢰·회송·회신", "NARU-CLASS"),
        confidentiality_codes=(_code("N", "일반", "2.16.840.1.113883.5.25"),),
        creation_time=f"{TODAY}030405",
        format_code=_code(
            "urn:ihe:iti:xds:2017:mimeTypeSufficient",
            "MIME 형식으로 충분",
            "1.3.6.1.4.1.19376.1.2.3",
        ),
        hash="a" * 40 if repository else None,
        healthcare_facility_type_code=_code(
            "21", "병원", f"{_HIRA}/hira-healthcare-organization-types"
        ),
        language_code="ko-KR",
        practice_setting_code=_code("01", "내과", f"{_HIRA}/hira-medical-department"),
        repository_unique_id=repository,
        service_start_time=TODAY,
        service_stop_time=TODAY,
        size=DOCUMENT_BYTES if repository else None,
        source_patient_id=Identifier("TEST-000001", "2.999.410.2.1"),
        source_patient_info=("PID-5|나루^가", "PID-7|19700101", "PID-8|F"),
        title=(LocalizedString("진료의뢰서", "ko-KR"),),
        type_code=_code("57133-1", "진료의뢰서", "2.16.840.1.113883.6.1"),
    )


def submission(patient: Identifier, entries: Sequence[DocumentEntry], unique_id: str) -> Submission:
    """The entries in one submission set."""
    return Submission(
        submission_set=SubmissionSet(
            entry_uuid="set",
            unique_id=unique_id,
            patient_id=patient,
            source_id="2.999.410.2",
            submission_time=f"{TODAY}030406",
            content_type_code=_code("referral", "의뢰", "NARU-CONTENT-TYPE"),
            authors=(Author(person="TEST-11375^가나다^^^^^^^&2.999.414&ISO"),),
        ),
        entries=tuple(entries),
        associations=tuple(
            Association(
                entry_uuid=f"member-{one.unique_id}",
                type=AssociationType.HAS_MEMBER,
                source="set",
                target=one.entry_uuid,
                submission_set_status=SubmissionSetStatus.ORIGINAL,
            )
            for one in entries
        ),
    )


def cda(unique_id: str) -> bytes:
    """An XML document of 13 KB with the id in it."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="{unique_id}"/><text>'
    ).encode()
    tail = b"</text></ClinicalDocument>"
    line = "<paragraph>환자는 기침과 열로 내원하였습니다.</paragraph>".encode()
    room = DOCUMENT_BYTES - len(head) - len(tail)
    body = line * (room // len(line))
    return head + body + b" " * (room - len(body)) + tail


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """An HTTP request with a number and perhaps a patient or document to be put in."""

    name: str
    path: str
    content_type: str
    body: bytes
    choices: tuple[bytes, ...] = ()
    """What stands for PATIENT in turn, all of the length of the first."""
    proof: bytes = b'ResponseStatusType:Success"'
    times: int = 1
    """The answer holds `proof` at least so often, or it was no answer to this request."""

    def is_answered_by(self, answer: bytes | bytearray) -> bool:
        """Tell whether the answer holds what was asked for."""
        return answer.count(self.proof) >= self.times

    def request(self, host: str) -> bytes:
        """The whole request."""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {self.content_type}\r\n"
            f"Content-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body


def find_documents(patients: Sequence[Identifier]) -> Template:
    """ITI-18, LeafClass: everything approved of a patient."""
    from naru.formats.ebxml import adhoc_query

    query = FindDocuments(
        patient_id=Identifier(PATIENT, patients[0].authority),
        status=(AvailabilityStatus.APPROVED,),
    )
    body = adhoc_query.to_ebxml(
        adhoc_query.AdhocQueryRequest(query=query, return_type=ReturnType.LEAF_CLASS)
    )
    return _soap(
        "query",
        "/ihe/registry",
        "urn:ihe:iti:2007:RegistryStoredQuery",
        body,
        [one.value for one in patients],
    )


def find_document_references(patients: Sequence[Identifier]) -> Template:
    """ITI-67: the question of `find_documents`, posted as a form."""
    form = f"patient.identifier=urn:oid:{patients[0].authority}%7C{PATIENT}&status=current"
    values = _same_length([one.value for one in patients])
    return Template(
        name="find",
        path="/fhir/DocumentReference/_search",
        content_type="application/x-www-form-urlencoded",
        body=_padded(form, values).encode(),
        choices=tuple(value.encode() for value in values),
        proof=b'"resourceType":"DocumentReference"',
        times=ENTRIES_EACH,
    )


def retrieve(repository: str, documents: Sequence[str]) -> Template:
    """ITI-43: one document."""
    from naru.formats.ebxml import retrieve as wire

    body = wire.request_to_ebxml(
        [DocumentRequest(repository_unique_id=repository, document_unique_id=PATIENT)]
    )
    action = "urn:ihe:iti:2007:RetrieveDocumentSet"
    return _soap("retrieve", "/ihe/repository", action, body, documents)


def register(patients: Sequence[Identifier], repository: str) -> Template:
    """ITI-42: metadata of a document that the hub's repository holds."""
    from naru.formats.ebxml import submit_objects

    patient = Identifier(PATIENT, patients[0].authority)
    described = entry(patient, f"2.999.415.{NUMBER}", repository)
    body = submit_objects.to_ebxml(submission(patient, [described], f"2.999.416.{NUMBER}"))
    values = [one.value for one in patients]
    action = "urn:ihe:iti:2007:RegisterDocumentSet-b"
    return _soap("register", "/ihe/registry", action, body, values)


def provide(patients: Sequence[Identifier]) -> Template:
    """ITI-41: a document of 13 KB by MTOM."""
    from naru.formats.ebxml import provide_and_register as wire
    from naru.formats.ebxml.content import Include
    from naru.formats.mime import Attachment
    from naru.formats.soap import new_content_id, write_mtom

    patient = Identifier(PATIENT, patients[0].authority)
    described = entry(patient, f"2.999.417.{NUMBER}")
    content = cda(described.unique_id)
    cid = new_content_id()
    body = wire.to_ebxml(
        submission(patient, [described], f"2.999.418.{NUMBER}"),
        [wire.ProvidedDocument(described.entry_uuid, Include(cid))],
    )
    action = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
    values = _same_length([one.value for one in patients])
    envelope = _envelope(action, "/ihe/repository", _padded(body, values))
    content_type, chunks, _ = write_mtom(
        envelope,
        [Attachment(cid=cid, content_type="text/xml", chunks=(content,), length=len(content))],
        action=action,
    )
    return Template(
        name="provide",
        path="/ihe/repository",
        content_type=content_type,
        body=b"".join(chunks),
        choices=tuple(value.encode() for value in values),
    )


def _soap(name: str, path: str, action: str, body: str, values: Sequence[str]) -> Template:
    same = _same_length(values)
    return Template(
        name=name,
        path=path,
        content_type=f'application/soap+xml; charset=UTF-8; action="{action}"',
        body=_envelope(action, path, _padded(body, same)),
        choices=tuple(value.encode() for value in same),
    )


def _padded(body: str, values: Sequence[str]) -> str:
    return body.replace(PATIENT, values[0])


def _same_length(values: Sequence[str]) -> list[str]:
    """Those of the most frequent length, so that one can be put in another's place."""
    lengths = [len(value) for value in values]
    length = max(set(lengths), key=lengths.count)
    return [value for value in values if len(value) == length]


def _envelope(action: str, path: str, body: str) -> bytes:
    from naru.formats.soap.write import write_request_envelope

    return write_request_envelope(
        action=action,
        to=f"https://localhost{path}",
        body_xml=body,
        message_id=f"urn:uuid:00000000-0000-4000-8000-{NUMBER[:12]}",
    )


def _code(code: str, display: str, scheme: str) -> Code:
    return Code(code, scheme, (LocalizedString(display, "ko-KR"),))


def templates(seed: "Seed") -> tuple[Template, ...]:
    """Every kind of request for a data folder that was filled so."""
    people = [Identifier(value, authority) for value, authority, _ in seed.patients]
    return (
        provide(people),
        register(people, seed.repository),
        replace(find_documents(people), proof=b"<rim:ExtrinsicObject ", times=ENTRIES_EACH),
        find_document_references(people),
        replace(retrieve(seed.repository, seed.documents), proof=b"</ClinicalDocument>"),
    )
