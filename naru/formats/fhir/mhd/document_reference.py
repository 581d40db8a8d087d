"""DocumentEntry (ITI TF-3 4.2.3.2) as a DocumentReference, both ways in one field order.

No place in a DocumentReference have `logicalID`, `version`, `repositoryUniqueId`, `URI`,
`objectType` beyond its missing hash and size, and extra slots: `attachment.url` leads to the
document instead. `docStatus`, `custodian` and `date` of a sender have no place in a DocumentEntry.
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier
from naru.domain.xds import Association, AvailabilityStatus, DocumentEntry, DocumentEntryType
from naru.formats.fhir import moments
from naru.formats.fhir.mhd import (
    authors,
    codes,
    identifiers,
    parties,
    profiles,
    relates_to,
    source_patient,
    subjects,
    times,
)
from naru.formats.fhir.mhd.element import Element, filled
from naru.formats.fhir.mhd.references import Contained, References

_STATUS: Final = {
    "current": AvailabilityStatus.APPROVED,
    "superseded": AvailabilityStatus.DEPRECATED,
}
STATUS: Final = {status: code for code, status in _STATUS.items()}
_SHA1: Final = 20
_SHA1_HEX: Final = 40
_UNSIGNED_INT: Final = (1 << 31) - 1


def from_fhir(
    resource: Element,
    *,
    entry_uuid: str,
    patient_id: Identifier | None,
    known: References,
) -> DocumentEntry:
    """The DocumentEntry; its document and its associations stand elsewhere in the Bundle."""
    content = _only(resource, "content")
    attachment = content.child("attachment")
    if attachment is None:
        raise content.invalid("is required", "attachment")
    context = resource.child("context") or Element({}, resource.at("context"))
    patient = _source_patient(context, resource, known)
    source_id = source_patient.id_of(patient) if patient else None
    service = context.child("period") or Element({}, context.at("period"))
    return DocumentEntry(
        entry_uuid=entry_uuid,
        unique_id=_unique_id(resource),
        patient_id=patient_id,
        # The sender's own id is required in XDS and not in MHD: without one, the sender knows the
        # patient by the id that they sent.
        source_patient_id=source_id or patient_id,
        source_patient_info=source_patient.info_of(patient) if patient else (),
        availability_status=_status(resource),
        type_code=codes.from_concept(resource.child("type")),
        class_code=_class_code(resource),
        authors=tuple(
            authors.from_reference(one, resource, known) for one in resource.children("author")
        ),
        legal_authenticator=_authenticator(resource, known),
        comments=_strings(resource.text("description")),
        confidentiality_codes=codes.from_concepts(resource.children("securityLabel")),
        home_community_id=profiles.home_community_id(resource),
        mime_type=attachment.text("contentType") or "",
        language_code=attachment.text("language"),
        size=_size(attachment),
        hash=_hash(attachment),
        title=_strings(attachment.text("title")),
        creation_time=times.from_fhir(attachment, "creation"),
        format_code=_format(content),
        event_codes=codes.from_concepts(context.children("event")),
        service_start_time=times.from_fhir(service, "start"),
        service_stop_time=times.from_fhir(service, "end"),
        healthcare_facility_type_code=codes.from_concept(context.child("facilityType")),
        practice_setting_code=codes.from_concept(context.child("practiceSetting")),
        reference_ids=_reference_ids(context, resource, known),
    )


def to_fhir(
    entry: DocumentEntry,
    *,
    base: str,
    patient: str | None = None,
    associations: Iterable[Association] = (),
    registered: datetime | None = None,
) -> dict[str, Any]:
    """The DocumentReference; `patient` is the logical id of the Patient at `base`.

    `associations` are those around the entry; `registered` is when the reference was made.
    """
    contained = Contained()
    source = source_patient.to_patient(entry.source_patient_id, entry.source_patient_info)
    logical_id = entry.entry_uuid.removeprefix(identifiers.UUID)
    stable = entry.object_type is DocumentEntryType.STABLE
    attachment = filled(
        contentType=entry.mime_type,
        language=entry.language_code,
        url=f"{base}/Binary/{logical_id}",
        # MHD 2:3.67.4.2.2.1.2: an On-Demand document has neither.
        size=entry.size if stable and (entry.size or 0) <= _UNSIGNED_INT else None,
        hash=_to_hash(entry.hash) if stable else None,
        title=_to_text(entry.title),
        creation=times.to_fhir(entry.creation_time),
    )
    related = [one for one in entry.reference_ids if not _is_encounter(one)]
    context = filled(
        encounter=[_to_related(one) for one in entry.reference_ids if _is_encounter(one)],
        event=codes.to_concepts(entry.event_codes),
        period=filled(
            start=times.to_fhir(entry.service_start_time),
            end=times.to_fhir(entry.service_stop_time),
        ),
        facilityType=codes.to_concept(entry.healthcare_facility_type_code),
        practiceSetting=codes.to_concept(entry.practice_setting_code),
        sourcePatientInfo=contained.add("Patient", source) if source else None,
        related=[*map(_to_related, related)],
    )
    written = filled(
        masterIdentifier=identifiers.to_unique_id(entry.unique_id),
        identifier=[identifiers.to_entry_uuid(entry.entry_uuid)],
        status=STATUS[entry.availability_status or AvailabilityStatus.APPROVED],
        type=codes.to_concept(entry.type_code),
        category=codes.to_concepts([entry.class_code] if entry.class_code else []),
        subject=subjects.to_fhir(entry.patient_id, patient),
        date=moments.instant(registered) if registered else None,
        author=authors.to_references(entry.authors, contained),
        authenticator=_to_authenticator(entry.legal_authenticator, contained),
        relatesTo=relates_to.to_fhir(entry.entry_uuid, associations),
        description=_to_text(entry.comments),
        securityLabel=codes.to_concepts(entry.confidentiality_codes),
        content=[
            filled(
                attachment=attachment,
                format=codes.to_coding(entry.format_code) if entry.format_code else None,
            )
        ],
        context=context,
    )
    return {
        "resourceType": "DocumentReference",
        "id": logical_id,
        "meta": {"profile": [profiles.COMPREHENSIVE_DOCUMENT_REFERENCE]},
        **filled(
            contained=contained.resources,
            extension=profiles.to_home_community_id(entry.home_community_id),
        ),
        **written,
    }


def _only(resource: Element, name: str) -> Element:
    found = resource.children(name)
    if len(found) != 1:
        raise resource.invalid("must stand once", name)
    return found[0]


def _unique_id(resource: Element) -> str:
    master = resource.child("masterIdentifier")
    if master is None:
        raise resource.invalid("is required", "masterIdentifier")
    return identifiers.from_unique_id(master)


def _status(resource: Element) -> AvailabilityStatus:
    status = resource.text("status")
    if status not in _STATUS:
        raise resource.invalid("must be current or superseded", "status")
    return _STATUS[status]


def _class_code(resource: Element) -> Code | None:
    found = resource.children("category")
    if len(found) > 1:
        raise resource.invalid("must stand once", "category")
    return codes.from_concept(found[0]) if found else None


def _source_patient(context: Element, resource: Element, known: References) -> Element | None:
    reference = context.child("sourcePatientInfo")
    if reference is None:
        return None
    found = known.find(reference, resource)
    if found is not None and found.type != "Patient":
        raise reference.invalid("must lead to a Patient", "reference")
    return found


def _authenticator(resource: Element, known: References) -> str | None:
    reference = resource.child("authenticator")
    if reference is None:
        return None
    author = authors.from_reference(reference, resource, known)
    if author.person is not None:
        return author.person
    # FHIR lets an organisation authenticate; XCN then has its name alone.
    name = next((one.partition("^")[0] for one in author.institutions), None)
    return f"^{name}" if name else None


def _to_authenticator(xcn: str | None, contained: Contained) -> dict[str, Any] | None:
    return contained.add("Practitioner", parties.to_person(xcn)) if xcn else None


def _strings(text: str | None) -> tuple[LocalizedString, ...]:
    return (LocalizedString(text),) if text else ()


def _to_text(strings: Sequence[LocalizedString]) -> str | None:
    """One text: FHIR has no languages beside each other here."""
    return next((one.value for one in strings if one.value.strip()), None)


def _size(attachment: Element) -> int | None:
    size = attachment.integer("size")
    if size is not None and not 0 <= size <= _UNSIGNED_INT:
        raise attachment.invalid("must be an unsignedInt", "size")
    return size


def _hash(attachment: Element) -> str | None:
    """The SHA-1 in hexadecimal.

    FHIR has the twenty octets in base64. The examples published with MHD have the hexadecimal text
    in base64; both are understood, and nothing else is.
    """
    text = attachment.text("hash")
    if text is None:
        return None
    try:
        octets = base64.b64decode(text, validate=True)
        found = octets if len(octets) == _SHA1 else bytes.fromhex(octets.decode("ascii"))
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != _SHA1:
        raise attachment.invalid("must be a SHA-1 in base64", "hash")
    return found.hex()


def _to_hash(digest: str | None) -> str | None:
    if digest is None or len(digest) != _SHA1_HEX:
        return None
    return base64.b64encode(bytes.fromhex(digest)).decode("ascii")


def _format(content: Element) -> Code | None:
    coding = content.child("format")
    return codes.from_coding(coding) if coding else None


def _reference_ids(context: Element, resource: Element, known: References) -> tuple[str, ...]:
    """CXi of `encounter` and `related` (ITI TF-2 Z.9.1.2)."""
    encounters = [
        identifiers.from_reference_id(
            _identifier(one, resource, known), kind=identifiers.ENCOUNTER_ID
        )
        for one in context.children("encounter")
    ]
    related = [
        identifiers.from_reference_id(_identifier(one, resource, known))
        for one in context.children("related")
    ]
    return (*encounters, *related)


def _identifier(reference: Element, resource: Element, known: References) -> Element:
    """The business identifier of what is referred to."""
    own = reference.child("identifier")
    if own is not None:
        return own
    found = known.find(reference, resource)
    ids = found.children("identifier") if found else ()
    if not ids:
        raise reference.invalid("must have an identifier, or lead to what has one")
    return ids[0]


def _is_encounter(text: str) -> bool:
    return identifiers.reference_kind(text) == identifiers.ENCOUNTER_ID


def _to_related(text: str) -> dict[str, Any]:
    return {"identifier": identifiers.to_reference_id(text)}
