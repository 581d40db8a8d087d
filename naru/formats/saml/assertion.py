"""saml:Assertion (SAML 2.0 Core 2.3) and its value, both ways, in one order."""

from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.domain.assertion import (
    Assertion,
    AssertionRefused,
    Authentication,
    Confirmation,
    SecurityFault,
    Subject,
)
from naru.formats.saml import claims, key_info
from naru.formats.saml.elements import (
    attribute,
    children,
    invalid,
    optional,
    optional_time,
    required,
    required_time,
    text,
    time_text,
)
from naru.formats.xml import escape
from naru.formats.xml.namespaces import SAML2

ASSERTION: Final = f"{{{SAML2}}}Assertion"
_ENCRYPTED: Final = etree.XPath(
    "boolean(.//saml:EncryptedID | .//saml:EncryptedAttribute | .//saml:EncryptedAssertion)",
    namespaces={"saml": SAML2},
)
_CONDITIONS: Final = frozenset(
    f"{{{SAML2}}}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")
)


def read_assertion(element: _Element, digest: bytes = b"") -> Assertion:
    """The value; raises AssertionRefused where XUA asks for what is not there."""
    _check_kind(element)
    conditions = required(element, "Conditions")
    _check_conditions(conditions)
    return Assertion(
        id=attribute(element, "ID") or "",
        issuer=issuer_of(element),
        issued=required_time(element, "IssueInstant"),
        subject=_subject(required(element, "Subject")),
        confirmations=_confirmations(required(element, "Subject")),
        not_before=required_time(conditions, "NotBefore"),
        not_on_or_after=required_time(conditions, "NotOnOrAfter"),
        audiences=_audiences(conditions),
        one_time_use=optional(conditions, "OneTimeUse") is not None,
        authentications=_authentications(element),
        claims=claims.from_xml(element),
        digest=digest,
    )


def write_assertion(assertion: Assertion) -> str:
    """The element, unsigned, with its own declarations."""
    times = f'NotBefore="{time_text(assertion.not_before)}"'
    ends = f'NotOnOrAfter="{time_text(assertion.not_on_or_after)}"'
    made = f'ID="{escape(assertion.id)}" IssueInstant="{time_text(assertion.issued)}"'
    return "".join(
        (
            f'<saml:Assertion xmlns:saml="{SAML2}" Version="2.0" {made}>',
            f"<saml:Issuer>{escape(assertion.issuer)}</saml:Issuer>",
            f"<saml:Subject>{_name_id(assertion.subject)}",
            *map(_confirmation, assertion.confirmations),
            f"</saml:Subject><saml:Conditions {times} {ends}>",
            *map(_audience_restriction, assertion.audiences),
            "<saml:OneTimeUse/>" if assertion.one_time_use else "",
            "</saml:Conditions>",
            *map(_authn_statement, assertion.authentications),
            claims.to_xml(assertion.claims),
            "</saml:Assertion>",
        )
    )


def issuer_of(element: _Element) -> str:
    """Who an assertion says that it is from."""
    issuer = text(required(element, "Issuer"))
    if not issuer:
        raise invalid("The assertion names no issuer.")
    return issuer


def _check_kind(element: _Element) -> None:
    if element.tag != ASSERTION or element.get("Version") != "2.0":
        raise AssertionRefused(
            SecurityFault.UnsupportedSecurityToken, "Only SAML 2.0 assertions are taken."
        )
    if _ENCRYPTED(element):
        raise AssertionRefused(
            SecurityFault.UnsupportedSecurityToken, "Encrypted parts of assertions are not taken."
        )


def _check_conditions(conditions: _Element) -> None:
    # SAML 2.0 Core 2.5.1.1: an assertion with a condition that is not understood is not valid.
    if any(child.tag not in _CONDITIONS for child in conditions):
        raise invalid("The assertion has a condition that is not understood.")


def _subject(element: _Element) -> Subject:
    name = required(element, "NameID")
    value = text(name)
    if not value:
        raise invalid("The assertion's subject has no name.")
    return Subject(
        name=value,
        format=attribute(name, "Format"),
        qualifier=attribute(name, "NameQualifier"),
        alias=attribute(name, "SPProvidedID"),
    )


def _name_id(subject: Subject) -> str:
    attributes = "".join(
        f' {name}="{escape(value)}"'
        for name, value in (
            ("Format", subject.format),
            ("NameQualifier", subject.qualifier),
            ("SPProvidedID", subject.alias),
        )
        if value
    )
    return f"<saml:NameID{attributes}>{escape(subject.name)}</saml:NameID>"


def _confirmations(subject: _Element) -> tuple[Confirmation, ...]:
    found = []
    for element in children(subject, "SubjectConfirmation"):
        data = optional(element, "SubjectConfirmationData")
        found.append(
            Confirmation(
                method=attribute(element, "Method") or "",
                recipient=None if data is None else attribute(data, "Recipient"),
                not_before=None if data is None else optional_time(data, "NotBefore"),
                not_on_or_after=None if data is None else optional_time(data, "NotOnOrAfter"),
                keys=() if data is None else key_info.from_xml(data),
            )
        )
    if not found:
        raise invalid("The assertion's subject has no confirmation.")
    return tuple(found)


def _confirmation(confirmation: Confirmation) -> str:
    times = "".join(
        f' {name}="{time_text(time)}"'
        for name, time in (
            ("NotBefore", confirmation.not_before),
            ("NotOnOrAfter", confirmation.not_on_or_after),
        )
        if time
    )
    to = f' Recipient="{escape(confirmation.recipient)}"' if confirmation.recipient else ""
    keys = key_info.to_xml(confirmation.keys)
    data = f"<saml:SubjectConfirmationData{to}{times}>{keys}</saml:SubjectConfirmationData>"
    return (
        f'<saml:SubjectConfirmation Method="{escape(confirmation.method)}">'
        f"{data if to or times or keys else ''}</saml:SubjectConfirmation>"
    )


def _audiences(conditions: _Element) -> tuple[frozenset[str], ...]:
    return tuple(
        frozenset(text(audience) for audience in children(restriction, "Audience"))
        for restriction in children(conditions, "AudienceRestriction")
    )


def _audience_restriction(audiences: frozenset[str]) -> str:
    each = "".join(f"<saml:Audience>{escape(one)}</saml:Audience>" for one in sorted(audiences))
    return f"<saml:AudienceRestriction>{each}</saml:AudienceRestriction>"


def _authentications(assertion: _Element) -> tuple[Authentication, ...]:
    found = []
    for statement in children(assertion, "AuthnStatement"):
        context = required(statement, "AuthnContext")
        named = optional(context, "AuthnContextClassRef")
        if named is None:
            named = optional(context, "AuthnContextDeclRef")
        if named is None or not text(named):
            raise invalid("The AuthnStatement names no AuthnContextClassRef or DeclRef.")
        found.append(
            Authentication(
                time=required_time(statement, "AuthnInstant"),
                context=text(named),
                session_ends=optional_time(statement, "SessionNotOnOrAfter"),
            )
        )
    return tuple(found)


def _authn_statement(authentication: Authentication) -> str:
    ends = authentication.session_ends
    session = f' SessionNotOnOrAfter="{time_text(ends)}"' if ends else ""
    return (
        f'<saml:AuthnStatement AuthnInstant="{time_text(authentication.time)}"{session}>'
        "<saml:AuthnContext><saml:AuthnContextClassRef>"
        f"{escape(authentication.context)}</saml:AuthnContextClassRef></saml:AuthnContext>"
        "</saml:AuthnStatement>"
    )
