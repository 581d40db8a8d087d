"""The attributes of XUA (ITI TF-2 3.40.4.1.2), in the order of `domain.assertion.Claims`.

They may repeat as values, as attributes and as statements; all of it is read. Attributes with
other names mean nothing here.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from lxml.etree import _Element

from naru.domain.assertion import Claims
from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier, identifier_in_cx
from naru.formats.saml.elements import attribute, bounded, children, invalid, text
from naru.formats.xml import escape
from naru.formats.xml.namespaces import HL7V3, XSI

SUBJECT_ID: Final = "urn:oasis:names:tc:xspa:1.0:subject:subject-id"
ORGANIZATION: Final = "urn:oasis:names:tc:xspa:1.0:subject:organization"
ORGANIZATION_ID: Final = "urn:oasis:names:tc:xspa:1.0:subject:organization-id"
HOME_COMMUNITY: Final = "urn:ihe:iti:xca:2010:homeCommunityId"
NPI: Final = "urn:oasis:names:tc:xspa:1.0:subject:npi"
PROVIDER_IDENTIFIER: Final = "urn:ihe:iti:xua:2017:subject:provider-identifier"
ROLE: Final = "urn:oasis:names:tc:xacml:2.0:subject:role"
PURPOSE: Final = "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse"
RESOURCE_ID: Final = "urn:oasis:names:tc:xacml:2.0:resource:resource-id"
CONSENT_DOCUMENT: Final = "urn:ihe:iti:bppc:2007:docid"
POLICY: Final = "urn:ihe:iti:xua:2012:acp"

_T = TypeVar("_T")
_Values = dict[str, list[_Element]]


def from_xml(assertion: _Element) -> Claims:
    """What the attribute statements say, all of them together."""
    values: _Values = {}
    for statement in children(assertion, "AttributeStatement"):
        for one in children(statement, "Attribute"):
            found = values.setdefault(attribute(one, "Name") or "", [])
            found += children(one, "AttributeValue")
    return Claims(
        names=_each(values, SUBJECT_ID, text),
        organizations=_each(values, ORGANIZATION, text),
        organization_ids=_each(values, ORGANIZATION_ID, text),
        home_communities=_each(values, HOME_COMMUNITY, text),
        national_provider_identifiers=_each(values, NPI, _npi),
        provider_identifiers=_each(values, PROVIDER_IDENTIFIER, _provider_identifier),
        roles=_each(values, ROLE, _role),
        purposes=_each(values, PURPOSE, _purpose),
        patients=_each(values, RESOURCE_ID, _patient),
        consent_documents=_each(values, CONSENT_DOCUMENT, text),
        policies=_each(values, POLICY, text),
    )


def to_xml(claims: Claims) -> str:
    """One attribute statement, or nothing where nothing is claimed."""
    attributes = "".join(
        (
            _attribute(SUBJECT_ID, claims.names, escape),
            _attribute(ORGANIZATION, claims.organizations, escape),
            _attribute(ORGANIZATION_ID, claims.organization_ids, escape),
            _attribute(HOME_COMMUNITY, claims.home_communities, escape),
            _attribute(NPI, claims.national_provider_identifiers, escape),
            _attribute(PROVIDER_IDENTIFIER, claims.provider_identifiers, _ii),
            _attribute(ROLE, claims.roles, lambda code: _ce("Role", code)),
            _attribute(PURPOSE, claims.purposes, lambda code: _ce("PurposeOfUse", code)),
            _attribute(RESOURCE_ID, claims.patients, lambda patient: escape(str(patient))),
            _attribute(CONSENT_DOCUMENT, claims.consent_documents, escape),
            _attribute(POLICY, claims.policies, escape),
        )
    )
    return f"<saml:AttributeStatement>{attributes}</saml:AttributeStatement>" if attributes else ""


def _each(values: _Values, name: str, read: Callable[[_Element], _T]) -> tuple[_T, ...]:
    return tuple(read(value) for value in values.get(name, ()))


def _npi(value: _Element) -> str:
    # A CE is permitted "for backward compatibility".
    return text(value) if not len(value) else _coded(value[0]).code


def _provider_identifier(value: _Element) -> Identifier:
    inner = _only(value, "id")
    root, extension = attribute(inner, "root"), attribute(inner, "extension")
    if not root or not extension:
        raise invalid("A provider identifier has a root and an extension.")
    return Identifier(extension, root)


def _role(value: _Element) -> Code:
    return _coded(_only(value, "Role"))


def _purpose(value: _Element) -> Code:
    return _coded(_only(value, "PurposeOfUse"))


def _coded(element: _Element) -> Code:
    code, scheme = attribute(element, "code"), attribute(element, "codeSystem")
    if not code or not scheme:
        raise invalid("A coded attribute has a code and a codeSystem.")
    display = attribute(element, "displayName")
    return Code(code, scheme, (LocalizedString(display),) if display else ())


def _only(value: _Element, name: str) -> _Element:
    inner = list(value)
    if [one.tag for one in inner] != [f"{{{HL7V3}}}{name}"]:
        raise invalid(f"The attribute's value holds one {name} of urn:hl7-org:v3.")
    return inner[0]


def _patient(value: _Element) -> Identifier:
    found = identifier_in_cx(bounded(text(value)))
    if found is None:
        raise invalid("resource-id is no patient identifier in CX form.")
    return found


def _attribute(name: str, values: tuple[Any, ...], write: Callable[[Any], str]) -> str:
    if not values:
        return ""
    return (
        f'<saml:Attribute Name="{name}" '
        'NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">'
        f"{''.join(_written(values, write))}</saml:Attribute>"
    )


def _written(values: tuple[Any, ...], write: Callable[[Any], str]) -> Iterator[str]:
    for value in values:
        yield f"<saml:AttributeValue>{write(value)}</saml:AttributeValue>"


def _ii(identifier: Identifier) -> str:
    return (
        f'<id xmlns="{HL7V3}" xmlns:xsi="{XSI}" xsi:type="II"'
        f' root="{escape(identifier.authority)}" extension="{escape(identifier.value)}"/>'
    )


def _ce(name: str, code: Code) -> str:
    display = f' displayName="{escape(code.display[0].value)}"' if code.display else ""
    return (
        f'<{name} xmlns="{HL7V3}" xmlns:xsi="{XSI}" xsi:type="CE"'
        f' code="{escape(code.code)}" codeSystem="{escape(code.scheme)}"{display}/>'
    )
