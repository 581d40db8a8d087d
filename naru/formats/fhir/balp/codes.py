"""The code systems and profiles of AuditEvent, by what audit messages call them."""

from typing import Final

_IHE: Final = "https://profiles.ihe.net/ITI"
_ENTITY: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
AUTHZ: Final = f"{_IHE}/BALP/CodeSystem/AuthZsubType"

SYSTEMS: Final = {
    "DCM": "http://dicom.nema.org/resources/ontology/DCM",
    "IHE Transactions": "urn:ihe:event-type-code",
    "2.16.840.1.113883.5.8": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "audit-event-type": "http://terminology.hl7.org/CodeSystem/audit-event-type",
    "restful-interaction": "http://hl7.org/fhir/restful-interaction",
    "iso-21089-lifecycle": "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle",
    "resource-types": "http://hl7.org/fhir/resource-types",
    "AuthZsubType": AUTHZ,
}

PROFILES: Final = {
    "ITI-65": f"{_IHE}/MHD/StructureDefinition/IHE.MHD.ProvideBundle.Audit.Recipient",
    "ITI-66": f"{_IHE}/MHD/StructureDefinition/IHE.MHD.FindDocumentLists.Audit.Responder",
    "ITI-67": f"{_IHE}/MHD/StructureDefinition/IHE.MHD.FindDocumentReferences.Audit.Responder",
    "ITI-68": f"{_IHE}/MHD/StructureDefinition/IHE.MHD.RetrieveDocument.Audit.Responder",
    "ITI-78": f"{_IHE}/PDQm/StructureDefinition/IHE.PDQm.Query.Audit.Supplier",
    "ITI-83": f"{_IHE}/PIXm/StructureDefinition/IHE.PIXm.Query.Audit.Manager",
    "ITI-104": f"{_IHE}/PIXm/StructureDefinition/IHE.PIXm.Feed.Audit.Manager",
    "disclose": f"{_IHE}/BALP/StructureDefinition/IHE.BasicAudit.PrivacyDisclosure.Source",
    "AuthZ-Consent": f"{_IHE}/BALP/StructureDefinition/IHE.BasicAudit.AuthZconsent",
}
"""By transaction or pattern."""

RESTFUL: Final = {
    interaction: f"{_IHE}/BALP/StructureDefinition/IHE.BasicAudit.{pattern}"
    for interaction, pattern in {
        "create": "Create",
        "read": "Read",
        "vread": "Read",
        "update": "Update",
        "patch": "Update",
        "delete": "Delete",
        "search": "Query",
        "search-type": "Query",
    }.items()
}
"""By interaction; where a patient is told, the pattern is that with Patient before it."""

ENTITY_TYPES: Final = {
    "1": {"system": _ENTITY, "code": "1", "display": "Person"},
    "2": {"system": _ENTITY, "code": "2", "display": "System Object"},
}
OBJECT_ROLES: Final = {
    code: {"system": _ROLE, "code": code, "display": display}
    for code, display in {
        "1": "Patient",
        "3": "Report",
        "4": "Domain Resource",
        "13": "Security Resource",
        "20": "Job",
        "24": "Query",
    }.items()
}
