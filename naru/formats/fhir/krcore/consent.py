"""동의서 and 철회서 as R4's Consent; `consent_reading` is its other half.

KR Core 2.0.0 has no profile of it. By R4 the outer provision has no type: `policyRule` tells what
holds, and each provision within is an exception of its own: one for each box that is asked, and
those that keep something out. What an institution or a department wrote is kept out by `data`, its
looking by `actor`; of one that is kept out of both there are two, which name the same institution.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from naru.domain.consent_document import ConsentDocument
from naru.domain.consent_paper import Box, Part, Representative, Side
from naru.domain.identifiers import is_oid
from naru.domain.privacy_policies import privacy_policies
from naru.domain.terminology import System, code_system
from naru.formats.fhir.identifier import OID, system_of
from naru.formats.fhir.krcore import own_extensions as own
from naru.formats.fhir.krcore.consent_codes import (
    BOX_NAMES,
    BOXES,
    DIRECTIONS,
    RECIPIENT,
    SCOPE,
    SIGNATURE,
    TABLES,
)
from naru.formats.fhir.krcore.frame import Frame, moment, put, reference
from naru.formats.fhir.krcore.narrative import of_lines
from naru.formats.fhir.krcore.systems import LOINC
from naru.formats.fhir.resource import Resource

URI: Final = "urn:ietf:rfc:3986"
CATEGORY: Final = "57016-8"
_DEPARTMENT: Final = code_system(System.HIRA_DEPARTMENT).url


@dataclass(frozen=True, slots=True, kw_only=True)
class _Excluded:
    """A part with its side, as its extension tells it."""

    side: str
    reason: str


def to_consent(
    frame: Frame, document: ConsentDocument, organization: Resource, source: Resource | None = None
) -> list[Resource]:
    """The Consent first, whoever spoke for the patient, and the Provenance with the signature.

    `source` is the reference to the document itself; without one a scanned paper stands in the
    Consent, and any other document is named by its identifier. With one no picture is told.
    """
    speaker = _representative(frame, document.representative)
    says = reference(speaker or frame.patient)
    told = frame.new("Consent", "")
    told["text"] = of_lines(lines_of(document))
    parts = [*enumerate(document.parts, 1)]
    if contained := [_institution(at, one) for at, one in parts if not one.document]:
        told["contained"] = contained
    if document.wording is not None:
        own.CONSENT_WORDING.tell(told, document.wording)
    if document.identified is not None:
        own.CONSENT_IDENTIFIED.tell(told, document.identified)
    told["identifier"] = [to_document(document.header.id)]
    told["status"] = "active"
    told["scope"] = SCOPE
    told["category"] = [{"coding": [{"system": LOINC, "code": CATEGORY}]}]
    told["patient"] = reference(frame.patient)
    told["dateTime"] = moment(document.header.time)
    told["performer"] = [says]
    told["organization"] = [reference(organization)]
    told |= _source(document, source)
    told["policyRule"] = _rule(document)
    told["provision"] = _provision(document, parts)
    made = [told] if speaker is None else [told, speaker]
    if document.signature and source is None:
        made.append(_signature(frame, document, told, says))
    return made


def lines_of(document: ConsentDocument) -> Iterator[str]:
    """What a person reads: the policy, its days, the boxes, and what is kept out."""
    yield privacy_policies().codes[document.policy].display[0].value
    until = "" if document.until is None else moment(document.until)
    yield f"{moment(document.from_date)} ~ {until}".rstrip()
    for box in Box if document.boxes is not None else ():
        ticked = document.boxes is not None and box in document.boxes
        yield f"{BOX_NAMES[box]}: {'동의함' if ticked else '동의하지 않음'}"
    for part in document.parts:
        named = (part.institution_name or part.institution, part.department_name or part.department)
        words = " · ".join(one for one in (*named, part.document, part.reason) if one.strip())
        yield f"{TABLES['consent-side'][part.side]}: {words}"


def to_document(unique_id: str) -> Resource:
    """The Identifier of a document by its uniqueId."""
    root, _, extension = unique_id.partition("^")
    if is_oid(unique_id):
        return {"system": URI, "value": f"{OID}{unique_id}"}
    if extension and is_oid(root):
        return {"system": f"{OID}{root}", "value": extension}
    return {"value": unique_id}


def _representative(frame: Frame, person: Representative | None) -> Resource | None:
    if person is None:
        return None
    told = frame.new("RelatedPerson", "representative")
    if person.authority is not None:
        own.CONSENT_AUTHORITY.tell(told, person)
    told["patient"] = reference(frame.patient)
    if person.relationship.strip():
        told["relationship"] = [{"text": person.relationship}]
    name: Resource = {}
    put(name, "text", person.name, required=True)
    told["name"] = [name]
    if person.telephone.strip():
        told["telecom"] = [{"system": "phone", "value": person.telephone}]
    return told


def _source(document: ConsentDocument, source: Resource | None) -> Resource:
    if source is not None:
        return {"sourceReference": source}
    if document.scan is None:
        named = to_document(document.header.id)
        return {"sourceReference": {"type": "DocumentReference", "identifier": named}}
    paper: Resource = {"contentType": document.scan.media_type}
    if document.scan.content:
        paper["data"] = b64encode(document.scan.content).decode()
    return {"sourceAttachment": paper}


def _rule(document: ConsentDocument) -> Resource:
    policy = privacy_policies().codes[document.policy]
    own_code: Resource = {
        "system": system_of(policy.scheme),
        "code": policy.code,
        "display": policy.display[0].value,
    }
    direction = DIRECTIONS.get(document.policy)
    return {"coding": [own_code] if direction is None else [own_code, direction]}


def _provision(document: ConsentDocument, parts: list[tuple[int, Part]]) -> Resource:
    period = {"start": moment(document.from_date)}
    if document.until is not None:
        period["end"] = moment(document.until)
    within = [] if document.boxes is None else [_box(box, document.boxes) for box in Box]
    within += [one for at, part in parts for one in _kept_out(at, part)]
    told: Resource = {"period": period}
    return told | ({"provision": within} if within else {})


def _box(box: Box, ticked: frozenset[Box]) -> Resource:
    coding = {"system": BOXES, "code": box.value, "display": BOX_NAMES[box]}
    return {"type": "permit" if box in ticked else "deny", "code": [{"coding": [coding]}]}


def _kept_out(at: int, part: Part) -> Iterator[Resource]:
    """What the part keeps out, and whom: each by itself, since all of one provision hold at once.

    A document is kept out of everything, whatever side its paper names.
    """
    led = {"reference": f"#excluded-{at}"}
    if part.document:
        instance = {"type": "DocumentReference", "identifier": to_document(part.document)}
        yield _denied(part, {"data": [{"meaning": "instance", "reference": instance}]})
        return
    if part.side is not Side.VIEWER:
        yield _denied(part, {"data": [{"meaning": "authoredby", "reference": led}]})
    if part.side is not Side.SOURCE:
        yield _denied(part, {"actor": [{"role": RECIPIENT, "reference": led}]})


def _denied(part: Part, what: Resource) -> Resource:
    told: Resource = {}
    own.CONSENT_EXCLUDED.tell(told, _Excluded(side=part.side.value, reason=part.reason))
    return told | {"type": "deny"} | what


def _institution(at: int, part: Part) -> Resource:
    """An institution, or a department, of one institution or of all."""
    whole: Resource = {}
    if part.institution:
        whole["identifier"] = {"system": URI, "value": f"{OID}{part.institution}"}
        put(whole, "display", part.institution_name)
    told: Resource = {"resourceType": "Organization", "id": f"excluded-{at}"}
    if part.department:
        told["identifier"] = [{"system": _DEPARTMENT, "value": part.department}]
        put(told, "name", part.department_name)
        return told | ({"partOf": whole} if whole else {})
    told["identifier"] = [whole["identifier"]]
    put(told, "name", part.institution_name)
    return told


def _signature(
    frame: Frame, document: ConsentDocument, consent: Resource, who: Resource
) -> Resource:
    """The picture of the signature, where R4 has a place for one."""
    signed = moment(document.header.time)
    told = frame.new("Provenance", "signature")
    told["target"] = [reference(consent)]
    told["recorded"] = signed
    told["agent"] = [{"who": who}]
    told["signature"] = [
        {
            "type": [SIGNATURE],
            "when": signed,
            "who": who,
            "sigFormat": "image/png",
            "data": b64encode(document.signature).decode(),
        }
    ]
    return told
