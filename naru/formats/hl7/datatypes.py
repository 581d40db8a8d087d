"""The HL7 v2.5 data types that Document Sharing metadata borrows (ITI TF-3 Table 4.2.3.1.7-2).

CX becomes an Identifier; the others stay text, because they are kept and returned as sent, and are
only checked for form. Lengths that HL7 gives are not enforced. Sentences never repeat the value.
"""

from collections.abc import Sequence
from typing import Final

from naru.domain.identifiers import Identifier, is_oid

_CX_COMPONENTS: Final = 4
_CXI_COMPONENTS: Final = 5
_XON_COMPONENTS: Final = 10
_XCN_COMPONENTS: Final = 23
_XTN_COMPONENTS: Final = 8
_XON_ALLOWED: Final = {1, 6, 10}
_XTN_PHONE: Final = {2, 3, 5, 6, 7, 8}
_XTN_MAIL: Final = {2, 3, 4}
_WITHOUT_AUTHORITY: Final = {
    "urn:ihe:iti:xdw:2013:workflowInstanceId",
    "urn:ihe:iti:xds:2016:studyInstanceUID",
}
_WITH_AUTHORITY: Final = {
    "urn:ihe:iti:xds:2013:referral",
    "urn:ihe:iti:xds:2013:order",
    "urn:ihe:iti:xds:2015:encounterId",
}


class InvalidDatatype(ValueError):
    """The text has not the form of its data type; the sentence says what form that is."""


def cx(text: str) -> Identifier:
    """The identifier that `ID^^^&OID&ISO` means; nothing else may stand in a CX."""
    components = text.strip().split("^")
    if len(components) != _CX_COMPONENTS or components[1] or components[2]:
        raise InvalidDatatype("must be ID^^^&OID&ISO without other components")
    if not components[0].strip():
        raise InvalidDatatype("must hold an id before ^^^&OID&ISO")
    if "&" in components[0]:
        raise InvalidDatatype("must hold an id without subcomponents")
    return Identifier(components[0], _authority(components[3]))


def from_identifier(identifier: Identifier) -> str:
    """The CX of an identifier."""
    return str(identifier)


def _authority(component: str) -> str:
    parts = component.split("&")
    if len(parts) != 3 or parts[0] or parts[2] != "ISO" or not is_oid(parts[1]):  # noqa: PLR2004  # &OID&ISO
        raise InvalidDatatype("must name its assigning authority as &OID&ISO")
    return parts[1]


def _components(text: str, limit: int) -> list[str]:
    """The components without trailing delimiters, filled up to `limit` with empty ones."""
    found = text.rstrip("^").split("^")
    if len(found) > limit:
        raise InvalidDatatype(f"must not have more than {limit} components")
    return found + [""] * (limit - len(found))


def _only(components: Sequence[str], allowed: set[int]) -> None:
    if any(part for at, part in enumerate(components, 1) if at not in allowed):
        places = ", ".join(map(str, sorted(allowed)))
        raise InvalidDatatype(f"must use no components but {places}")


def check_xcn(text: str) -> None:
    """A person: an id or a last name, and `&OID&ISO` where an authority is named."""
    components = _components(text, _XCN_COMPONENTS)
    if not components[0] and not components[1]:
        raise InvalidDatatype("must hold an id or a last name")
    if components[8]:
        _authority(components[8])


def check_xon(text: str) -> None:
    """An organisation: its name, and an id that is an OID or stands with an authority's OID."""
    components = _components(text, _XON_COMPONENTS)
    _only(components, _XON_ALLOWED)
    if not components[0]:
        raise InvalidDatatype("must hold the organisation's name")
    if components[9] and not is_oid(components[9]):
        _authority(components[5])


def check_xtn(text: str) -> None:
    """A mail address or a telephone number."""
    components = _components(text, _XTN_COMPONENTS)
    if components[2] == "Internet":
        _only(components, _XTN_MAIL)
        if not components[3] or components[1] not in {"", "NET"}:
            raise InvalidDatatype("must hold a mail address as ^^Internet^address")
        return
    _only(components, _XTN_PHONE)
    if not components[2] or not components[6]:
        raise InvalidDatatype("must hold a type in component 3 and a number in component 7")


def check_cxi(text: str) -> None:
    """A reference id: the value, an authority where the type asks for one, and the type."""
    components = text.strip().split("^")
    if len(components) != _CXI_COMPONENTS or components[1] or components[2]:
        raise InvalidDatatype("must be id^^^authority^type without other components")
    if not components[0] or not components[4]:
        raise InvalidDatatype("must hold an id and an identifier type")
    _check_cxi_authority(components[3], components[4])


def _check_cxi_authority(authority: str, kind: str) -> None:
    if not authority:
        if kind in _WITH_AUTHORITY:
            raise InvalidDatatype("must name the assigning authority that its type asks for")
        return
    if kind in _WITHOUT_AUTHORITY:
        raise InvalidDatatype("must not name an assigning authority beside its type")
    parts = authority.split("&")
    if len(parts) == 1:  # A namespace id alone: the table permits it in place of the OID.
        return
    if len(parts) != 3 or parts[2] != "ISO" or not is_oid(parts[1]):  # noqa: PLR2004  # [ns]&OID&ISO
        raise InvalidDatatype("must name its assigning authority as &OID&ISO")


def check_coded_string(text: str) -> None:
    """`Code^^^&OID&ISO`, a code and its system in one string."""
    cx(text)


def check_recipient(text: str) -> None:
    """Organization|Person|Telecommunication, at least one of the first two (4.2.3.3.7)."""
    parts = text.split("|")
    if len(parts) > 3 or not any(parts):  # noqa: PLR2004  # organization|person|telecommunication
        raise InvalidDatatype("must be organization|person|telecommunication")
    for part, check in zip(parts, (check_xon, check_xcn, check_xtn), strict=False):
        if part:
            check(part)


_PID_FORBIDDEN: Final = {"2", "4", "12", "19"}
_PID_SINGLE: Final = {"7", "8"}


def check_source_patient_info(fields: Sequence[str]) -> None:
    """PID fields as `PID-n|value`; 2, 4, 12, 19 never, 7 and 8 at most once (4.2.3.2.23)."""
    seen: set[str] = set()
    for field in fields:
        name, bar, _ = field.partition("|")
        number = name.strip().removeprefix("PID-")
        if not bar or number == name.strip() or not number.isascii() or not number.isdigit():
            raise InvalidDatatype("must be a list of PID-n|value")
        if number in _PID_FORBIDDEN:
            raise InvalidDatatype(f"must not hold PID-{number}")
        if number in seen & _PID_SINGLE:
            raise InvalidDatatype(f"must hold PID-{number} once")
        seen.add(number)
