"""DocumentEntry (ITI TF-3 4.2.3.2) as an ExtrinsicObject, both ways in one field order."""

from typing import Final

from lxml.etree import _Element

from naru.domain.xds import DocumentEntry, DocumentEntryType
from naru.formats.ebxml import text
from naru.formats.ebxml.registry_object import RegistryObject
from naru.formats.xml.escape import escape

# ITI TF-3 4.2.5.1
AUTHOR: Final = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
CLASS_CODE: Final = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
CONFIDENTIALITY_CODE: Final = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
EVENT_CODE_LIST: Final = "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4"
FORMAT_CODE: Final = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
HEALTHCARE_FACILITY_TYPE_CODE: Final = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
PRACTICE_SETTING_CODE: Final = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"
TYPE_CODE: Final = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
PATIENT_ID: Final = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
UNIQUE_ID: Final = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
REFERENCE_ID_LIST: Final = "urn:ihe:iti:xds:2013:referenceIdList"

_OBJECT_TYPES: Final = {kind.value: kind for kind in DocumentEntryType}


def from_ebxml(element: _Element) -> DocumentEntry:
    """The DocumentEntry of an ExtrinsicObject; InvalidMetadata where its form is wrong."""
    wire = RegistryObject(element, "DocumentEntry")
    return DocumentEntry(
        entry_uuid=wire.id,
        logical_id=element.get("lid") or None,
        home_community_id=element.get("home") or None,
        object_type=_object_type(wire),
        mime_type=element.get("mimeType", ""),
        availability_status=wire.status(),
        creation_time=wire.slot("creationTime"),
        hash=wire.slot("hash"),
        language_code=wire.slot("languageCode"),
        legal_authenticator=wire.slot("legalAuthenticator"),
        reference_ids=wire.slot_list(REFERENCE_ID_LIST),
        repository_unique_id=wire.slot("repositoryUniqueId"),
        service_start_time=wire.slot("serviceStartTime"),
        service_stop_time=wire.slot("serviceStopTime"),
        size=wire.integer("size"),
        source_patient_id=wire.cx_slot("sourcePatientId"),
        source_patient_info=wire.slot_list("sourcePatientInfo"),
        uri=_uri(wire),
        extra=wire.extra_slots(),
        title=wire.title,
        comments=wire.comments,
        version=wire.version,
        authors=wire.authors(AUTHOR),
        class_code=wire.code(CLASS_CODE, "classCode"),
        confidentiality_codes=wire.codes(CONFIDENTIALITY_CODE, "confidentialityCode"),
        event_codes=wire.codes(EVENT_CODE_LIST, "eventCodeList"),
        format_code=wire.code(FORMAT_CODE, "formatCode"),
        healthcare_facility_type_code=wire.code(
            HEALTHCARE_FACILITY_TYPE_CODE, "healthcareFacilityTypeCode"
        ),
        practice_setting_code=wire.code(PRACTICE_SETTING_CODE, "practiceSettingCode"),
        type_code=wire.code(TYPE_CODE, "typeCode"),
        patient_id=wire.cx_identifier(PATIENT_ID, "patientId"),
        unique_id=wire.identifier(UNIQUE_ID, "uniqueId"),
    )


def to_ebxml(entry: DocumentEntry) -> str:
    """The ExtrinsicObject of a DocumentEntry."""
    composed = text.Composed(entry.entry_uuid)
    return "".join((
        f'<rim:ExtrinsicObject id="{escape(entry.entry_uuid)}"',
        text.attribute("lid", entry.logical_id),
        text.attribute("home", entry.home_community_id),
        f' objectType="{entry.object_type.value}"',
        text.attribute("mimeType", entry.mime_type or None),
        text.attribute("status", entry.availability_status),
        ">",
        text.slot("creationTime", entry.creation_time),
        text.slot("hash", entry.hash),
        text.slot("languageCode", entry.language_code),
        text.slot("legalAuthenticator", entry.legal_authenticator),
        text.slot_list(REFERENCE_ID_LIST, entry.reference_ids),
        text.slot("repositoryUniqueId", entry.repository_unique_id),
        text.slot("serviceStartTime", entry.service_start_time),
        text.slot("serviceStopTime", entry.service_stop_time),
        text.slot("size", None if entry.size is None else str(entry.size)),
        text.cx_slot("sourcePatientId", entry.source_patient_id),
        text.slot_list("sourcePatientInfo", entry.source_patient_info),
        _uri_slot(entry.uri),
        text.extra_slots(entry.extra),
        text.localized("Name", entry.title),
        text.localized("Description", entry.comments),
        text.version(entry.version, entry.availability_status),
        composed.authors(AUTHOR, entry.authors),
        composed.code(CLASS_CODE, entry.class_code),
        composed.codes(CONFIDENTIALITY_CODE, entry.confidentiality_codes),
        composed.codes(EVENT_CODE_LIST, entry.event_codes),
        composed.code(FORMAT_CODE, entry.format_code),
        composed.code(HEALTHCARE_FACILITY_TYPE_CODE, entry.healthcare_facility_type_code),
        composed.code(PRACTICE_SETTING_CODE, entry.practice_setting_code),
        composed.code(TYPE_CODE, entry.type_code),
        composed.identifier(PATIENT_ID, "XDSDocumentEntry.patientId", entry.patient_id),
        composed.identifier(UNIQUE_ID, "XDSDocumentEntry.uniqueId", entry.unique_id),
        "</rim:ExtrinsicObject>",
    ))  # fmt: skip  # One line per attribute, in the order of from_ebxml.


def _object_type(wire: RegistryObject) -> DocumentEntryType:
    kind = _OBJECT_TYPES.get(wire.element.get("objectType", ""))
    if kind is None:
        raise wire.fault("objectType", "must be the Stable or the On-Demand type")
    return kind


def _uri(wire: RegistryObject) -> str | None:
    """URI; a long one may come in numbered pieces `1|…` `2|…` (ITI TF-3 4.2.3.2.27)."""
    pieces = wire.slot_list("URI")
    if len(pieces) < 2:  # noqa: PLR2004  # One value is the URI itself.
        return pieces[0] if pieces else None
    numbered = [piece.partition("|") for piece in pieces]
    if any(not (number.isascii() and number.isdigit() and bar) for number, bar, _ in numbered):
        raise wire.fault("URI", "must have a single value or pieces numbered 1|, 2|, …")
    return "".join(piece for _, _, piece in sorted(numbered, key=lambda part: int(part[0])))


_URI_WHOLE: Final = 256  # rim:LongName, the type of a Value.
_URI_PIECE: Final = 240  # Leaves room for the number and its bar.


def _uri_slot(uri: str | None) -> str:
    if uri is None or len(uri) <= _URI_WHOLE:
        return text.slot("URI", uri)
    cuts = range(0, len(uri), _URI_PIECE)
    return text.slot_list(
        "URI", [f"{at}|{uri[cut : cut + _URI_PIECE]}" for at, cut in enumerate(cuts, 1)]
    )
