"""What somebody trusted says of whoever asks: a SAML 2.0 assertion as XUA profiles it, as values.

ITI TF-2 3.40.4.1.2. The same claims stand in an access token (ITI TF-2 3.71.4.2.2.1.1).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from naru.domain.codes import Code
from naru.domain.identifiers import Identifier


class SecurityFault(StrEnum):
    """The fault codes of WS-Security 1.1, section 12; the names are the wire's own."""

    UnsupportedSecurityToken = "UnsupportedSecurityToken"
    UnsupportedAlgorithm = "UnsupportedAlgorithm"
    InvalidSecurity = "InvalidSecurity"
    InvalidSecurityToken = "InvalidSecurityToken"
    FailedAuthentication = "FailedAuthentication"
    FailedCheck = "FailedCheck"


class AssertionRefused(Exception):
    """An assertion that is not believed; the sentence names nobody and quotes nothing."""

    def __init__(self, code: SecurityFault, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Method(StrEnum):
    """How a subject is confirmed (SAML 2.0 Profiles, section 3)."""

    BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    HOLDER_OF_KEY = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom the assertion is about; `alias` is SPProvidedID."""

    name: str
    format: str | None = None
    qualifier: str | None = None
    alias: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """How to know that who brings the assertion is its subject.

    `method` is a URI, known to us or not; `recipient` the only one to whom it may be brought, where
    one is named; `keys` are SubjectPublicKeyInfo in DER.
    """

    method: str
    recipient: str | None = None
    not_before: datetime | None = None
    not_on_or_after: datetime | None = None
    keys: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """An AuthnStatement: when and how the subject was authenticated."""

    time: datetime
    context: str
    session_ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What is said of the subject, each as often as it was said (ITI TF-2 3.40.4.1.2)."""

    names: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    organization_ids: tuple[str, ...] = ()
    home_communities: tuple[str, ...] = ()
    national_provider_identifiers: tuple[str, ...] = ()
    provider_identifiers: tuple[Identifier, ...] = ()
    roles: tuple[Code, ...] = ()
    purposes: tuple[Code, ...] = ()
    patients: tuple[Identifier, ...] = ()
    consent_documents: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """An assertion. Each set in `audiences` is one AudienceRestriction: all of them must name us.

    `digest` is the SHA-256 of what was signed, empty in one that is still to be signed.
    """

    id: str
    issuer: str
    issued: datetime
    subject: Subject
    not_before: datetime
    not_on_or_after: datetime
    audiences: tuple[frozenset[str], ...]
    confirmations: tuple[Confirmation, ...] = (Confirmation(method=Method.BEARER),)
    authentications: tuple[Authentication, ...] = ()
    one_time_use: bool = False
    claims: Claims = Claims()
    digest: bytes = b""

    @property
    def user_name(self) -> str:
        """The user as audit messages name one: `alias<user@issuer>` (ITI TF-2 3.40.4.2)."""
        return f"{self.subject.alias or ''}<{self.subject.name}@{self.issuer}>"


class SignedAssertion(Protocol):
    """An assertion as it came, of which nothing is believed but whose it claims to be."""

    @property
    def issuer(self) -> str:
        """Who claims to have made it: good for finding the keys to try, and for nothing else."""

    def open(self, certificate: bytes) -> Assertion | None:
        """The assertion, if the key of this DER certificate signed it.

        Raises AssertionRefused where what was signed is not an assertion as XUA profiles it.
        """
