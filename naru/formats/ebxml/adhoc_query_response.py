"""AdhocQueryResponse (ITI TF-2 3.18.4.1.3), both ways."""

from dataclasses import dataclass, field
from typing import Final

from lxml.etree import _Element

from naru.domain.registry_errors import RegistryResponse, ResponseStatus
from naru.domain.stored_query import Found, ReturnType
from naru.formats.ebxml import namespaces as ns
from naru.formats.ebxml import registry_object_list, registry_response
from naru.formats.ebxml.errors import invalid
from naru.formats.ebxml.registry_object_list import RegistryObjects

TAG: Final = f"{{{ns.QUERY}}}AdhocQueryResponse"
_SUCCESS: Final = RegistryResponse(ResponseStatus.SUCCESS)
_NOTHING: Final = Found()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdhocQueryResponse:
    """An answer as a client reads it: whole objects or, in `objects.object_refs`, ids alone."""

    response: RegistryResponse
    objects: RegistryObjects = field(default_factory=RegistryObjects)


def from_ebxml(element: _Element) -> AdhocQueryResponse:
    """The answer. Raises InvalidMetadata where the other side's form is wrong."""
    if element.tag != TAG:
        raise invalid("the answer must be an AdhocQueryResponse")
    listed = element.find(ns.REGISTRY_OBJECT_LIST)
    return AdhocQueryResponse(
        response=registry_response.from_ebxml(element),
        objects=RegistryObjects() if listed is None else registry_object_list.from_ebxml(listed),
    )


def to_ebxml(
    found: Found = _NOTHING,
    return_type: ReturnType = ReturnType.LEAF_CLASS,
    response: RegistryResponse = _SUCCESS,
) -> str:
    """The AdhocQueryResponse, an element that declares its own prefixes.

    An answer that found nothing keeps its empty list; a failure has an empty list too.
    """
    objects = ""
    if response.status is not ResponseStatus.FAILURE:
        objects = registry_object_list.to_ebxml(
            _whole(found) if return_type is ReturnType.LEAF_CLASS else _refs(found)
        )
    return (
        f'<query:AdhocQueryResponse xmlns:query="{ns.QUERY}" xmlns:rim="{ns.RIM}"'
        f' xmlns:rs="{ns.RS}" status="{response.status.value}">'
        f"{registry_response.error_list(response.errors)}"
        f"<rim:RegistryObjectList>{objects}</rim:RegistryObjectList></query:AdhocQueryResponse>"
    )


def _whole(found: Found) -> RegistryObjects:
    return RegistryObjects(
        entries=found.entries,
        submission_sets=found.submission_sets,
        folders=found.folders,
        associations=found.associations,
    )


def _refs(found: Found) -> RegistryObjects:
    kinds = (found.entries, found.submission_sets, found.folders, found.associations)
    return RegistryObjects(object_refs=tuple(one.entry_uuid for kind in kinds for one in kind))
