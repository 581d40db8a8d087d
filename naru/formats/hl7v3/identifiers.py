"""II in its two uses: the id of a message or query, and the id of a person within a domain."""

from lxml.etree import _Element

from naru.domain.identifiers import Identifier, is_oid
from naru.domain.patient_messages import II
from naru.formats.hl7v3.elements import attribute, location_of, required_attribute
from naru.formats.hl7v3.errors import MalformedValue, MissingElement
from naru.formats.hl7v3.markup import attributes


def read_ii(element: _Element) -> II:
    """The id of a message or query."""
    return II(required_attribute(element, "root"), attribute(element, "extension"))


def read_identifier(element: _Element) -> Identifier:
    """A person's id: root is the OID of the authority, extension the value (ITI TF-2 E.1)."""
    value = attribute(element, "extension")
    if value is None:
        raise MissingElement("an identifier has no extension", location_of(element))
    return Identifier(value, _authority(element))


def read_domain(element: _Element) -> str:
    """The OID of an assigning authority, without extension."""
    # ITI TF-2 Table 3.45.4.1.2.2-1, 3.47.4.1.2.2-1
    if attribute(element, "extension") is not None:
        raise MalformedValue("a domain must have no extension", location_of(element))
    return _authority(element)


def has_authority(element: _Element) -> bool:
    """Whether a root tells in which domain the id is unique."""
    return attribute(element, "root") is not None


def write_ii(name: str, ii: II) -> str:
    """An element holding the id of a message or query."""
    return f"<{name}{attributes(root=ii.root, extension=ii.extension)}/>"


def write_identifier(name: str, identifier: Identifier) -> str:
    """An element holding a person's id."""
    return f"<{name}{attributes(root=identifier.authority, extension=identifier.value)}/>"


def write_root(name: str, oid: str) -> str:
    """An element holding the OID of a device, an organization or a domain."""
    # ITI TF-2 O.1.1: id.root SHALL be an ISO OID, and id.extension SHALL NOT have a value.
    return f"<{name}{attributes(root=oid)}/>"


def _authority(element: _Element) -> str:
    root = required_attribute(element, "root")
    if not is_oid(root):
        raise MalformedValue("the root of an identifier must be an OID", location_of(element))
    return root
