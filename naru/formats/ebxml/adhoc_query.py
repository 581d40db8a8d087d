"""AdhocQueryRequest (ITI TF-2 3.18.4.1.2): the wire form of a stored query, both ways."""

from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element

from naru.domain.registry_errors import ErrorCode, failure
from naru.domain.stored_query import ReturnType, StoredQuery
from naru.formats.ebxml import namespaces as ns
from naru.formats.ebxml import query_value, stored_queries
from naru.formats.ebxml.query_parameter import Parameter, Slots
from naru.formats.ebxml.registry_object import slot_values
from naru.formats.ebxml.stored_queries import Definition
from naru.formats.xml.escape import escape

TAG: Final = f"{{{ns.QUERY}}}AdhocQueryRequest"
_RESPONSE_OPTION: Final = f"{{{ns.QUERY}}}ResponseOption"
_ADHOC_QUERY: Final = f"{{{ns.RIM}}}AdhocQuery"
_RETURN_TYPES: Final = {kind.value: kind for kind in ReturnType}
MAX_VALUES: Final = 10_000
"""Values in one query: far more ids than any chart holds, few enough for any database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdhocQueryRequest:
    """A stored query, what of the objects to return, and the community that is asked."""

    query: StoredQuery
    return_type: ReturnType = ReturnType.LEAF_CLASS
    home_community_id: str | None = None


def from_ebxml(element: _Element) -> AdhocQueryRequest:
    """The stored query of the request. Raises RegistryFailure with the standard's own code."""
    query = element.find(_ADHOC_QUERY)
    if element.tag != TAG or query is None:
        raise failure(
            ErrorCode.XDSRegistryError, "the request must be an AdhocQueryRequest with its query"
        )
    definition = stored_queries.BY_ID.get(query.get("id", "").strip().lower())
    if definition is None:
        raise failure(
            ErrorCode.XDSUnknownStoredQuery, "AdhocQuery/@id names no stored query known here"
        )
    return AdhocQueryRequest(
        query=_value(definition, _slots(definition, query)),
        return_type=_return_type(element),
        home_community_id=query.get("home"),
    )


def to_ebxml(request: AdhocQueryRequest) -> str:
    """The AdhocQueryRequest, an element that declares its own prefixes."""
    definition = stored_queries.BY_VALUE[type(request.query)]
    home = request.home_community_id
    home_attribute = "" if home is None else f' home="{escape(home)}"'
    slots = "".join(_slot_texts(definition, request.query))
    return (
        f'<query:AdhocQueryRequest xmlns:query="{ns.QUERY}" xmlns:rim="{ns.RIM}">'
        '<query:ResponseOption returnComposedObjects="true"'
        f' returnType="{request.return_type.value}"/>'
        f'<rim:AdhocQuery id="{definition.id}"{home_attribute}>{slots}</rim:AdhocQuery>'
        "</query:AdhocQueryRequest>"
    )


def _return_type(element: _Element) -> ReturnType:
    option = element.find(_RESPONSE_OPTION)
    name = None if option is None else option.get("returnType")
    kind = _RETURN_TYPES.get(name or "")
    if kind is None:  # ITI TF-2 3.18.4.1.2.2
        raise failure(
            ErrorCode.XDSRegistryError, "ResponseOption/@returnType must be LeafClass or ObjectRef"
        )
    return kind


def _slots(definition: Definition, query: _Element) -> Slots:
    """The values of the parameters that the query knows; others are ignored (3.18.4.1.2.5)."""
    known = {name for parameter in definition.parameters for name in parameter.names}
    found: dict[str, list[list[str]]] = {}
    number = 0
    for slot in query.iterchildren(ns.SLOT):
        name = slot.get("name", "")
        if name in known:
            values = [one for text in slot_values(slot) for one in query_value.read(name, text)]
            found.setdefault(name, []).append(values)
            number += len(values)
    if number > MAX_VALUES:
        raise failure(
            ErrorCode.XDSRegistryOutOfResources, f"a query may hold at most {MAX_VALUES} values"
        )
    return found


def _value(definition: Definition, slots: Slots) -> StoredQuery:
    fields: dict[str, object] = {}
    for parameter in definition.parameters:
        value = parameter.read(slots)
        if value is not None:
            fields[parameter.field] = value
    _check_number(definition, fields)
    return definition.value(**fields)


def _check_number(definition: Definition, fields: dict[str, object]) -> None:
    for field in definition.required:
        if field not in fields:
            name = _name(definition, field)
            raise failure(ErrorCode.XDSStoredQueryMissingParam, f"{name} must have a value", name)
    given = [field for field in definition.one_of if field in fields]
    names = " and ".join(_name(definition, field) for field in definition.one_of)
    if definition.one_of and not given:
        raise failure(ErrorCode.XDSStoredQueryMissingParam, f"one of {names} must have a value")
    if len(given) > 1:
        raise failure(ErrorCode.XDSStoredQueryParamNumber, f"only one of {names} may be sent")


def _name(definition: Definition, field: str) -> str:
    found: Parameter = next(one for one in definition.parameters if one.field == field)
    return found.names[0]


def _slot_texts(definition: Definition, query: StoredQuery) -> list[str]:
    return [
        f'<rim:Slot name="{name}"><rim:ValueList>'
        + "".join(f"<rim:Value>{escape(value)}</rim:Value>" for value in values)
        + "</rim:ValueList></rim:Slot>"
        for parameter in definition.parameters
        for name, values in parameter.write(getattr(query, parameter.field))
    ]
