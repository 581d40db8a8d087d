"""The canonical addresses that MHD 4.2 gives its profiles, extensions and codes."""

from typing import Any, Final

from naru.formats.fhir.mhd.element import Element

_MHD: Final = "https://profiles.ihe.net/ITI/MHD"
_PROFILE: Final = f"{_MHD}/StructureDefinition/IHE.MHD"
MINIMAL: Final = f"{_PROFILE}.Minimal.ProvideBundle"
COMPREHENSIVE: Final = f"{_PROFILE}.Comprehensive.ProvideBundle"
UNCONTAINED: Final = f"{_PROFILE}.UnContained.Comprehensive.ProvideBundle"
PROVIDE_BUNDLES: Final = frozenset({MINIMAL, COMPREHENSIVE, UNCONTAINED})
PROVIDE_RESPONSE: Final = f"{_PROFILE}.ProvideDocumentBundleResponse"
COMPREHENSIVE_DOCUMENT_REFERENCE: Final = f"{_PROFILE}.Comprehensive.DocumentReference"
COMPREHENSIVE_SUBMISSION_SET: Final = f"{_PROFILE}.Comprehensive.SubmissionSet"
COMPREHENSIVE_FOLDER: Final = f"{_PROFILE}.Comprehensive.Folder"

DESIGNATION_TYPE: Final = f"{_MHD}/StructureDefinition/ihe-designationType"
SOURCE_ID: Final = f"{_MHD}/StructureDefinition/ihe-sourceId"
INTENDED_RECIPIENT: Final = f"{_MHD}/StructureDefinition/ihe-intendedRecipient"
AUTHOR_ORG: Final = f"{_MHD}/StructureDefinition/ihe-authorOrg"
HOME_COMMUNITY_ID: Final = f"{_MHD}/StructureDefinition/ihe-HomeCommunityId"
"""Defined after 4.2.0; an extension that a reader of 4.2.0 may pass over."""

LIST_TYPES: Final = f"{_MHD}/CodeSystem/MHDlistTypes"
SUBMISSION_SET: Final = "submissionset"
FOLDER: Final = "folder"


def home_community_id(resource: Element) -> str | None:
    """The community that a resource names, as `urn:oid:`."""
    found = resource.extensions(HOME_COMMUNITY_ID)
    return found[0].text("valueOid") if found else None


def to_home_community_id(oid: str | None) -> list[dict[str, Any]]:
    """The extension that names the community."""
    return [{"url": HOME_COMMUNITY_ID, "valueOid": oid}] if oid else []


def list_type(resource: Element) -> str | None:
    """What a List is: `submissionset`, `folder`, or neither."""
    concept = resource.child("code")
    codings = concept.children("coding") if concept else ()
    found = {one.text("code") for one in codings if one.text("system") == LIST_TYPES}
    return next((kind for kind in (SUBMISSION_SET, FOLDER) if kind in found), None)


def to_list_type(kind: str) -> dict[str, Any]:
    """The code of a List."""
    return {"coding": [{"system": LIST_TYPES, "code": kind}]}
