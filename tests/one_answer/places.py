"""Who takes part, and who asks: institutions with their certificates, and people vouched for."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from naru.directory import registers
from naru.directory import services as directory
from naru.domain.access_token import AccessToken
from naru.domain.assertion import Claims
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.codes import Code
from naru.domain.identifiers import Identifier
from naru.domain.institution import InstitutionKind
from naru.domain.registers import Profile
from naru.domain.scopes import Context
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.institutions import providers
from naru.faces.fhir.scopes import OFFER
from naru.patients import services as patients
from naru.repository import services as repository
from naru.security import tokens
from naru.security.authority import Authority, create_authority
from tests.assertions import assertion, ec_provider

AFFINITY_DOMAIN = "2.999.100"
SINCE = date(2020, 1, 1)
_ACTORS = "2.16.756.5.30.1.127.3.10.6"
_PURPOSES = "2.16.840.1.113883.5.8"
PROGRAMMES = "2.999.77"
"""Under which the purposes of use of the tests' programmes stand."""
_CODES = {
    Role.CLINICIAN: Code("HCP", _ACTORS),
    Role.PATIENT: Code("PAT", _ACTORS),
    Role.REPRESENTATIVE: Code("REP", _ACTORS),
    Role.RESEARCHER: Code("연구자", "2.999.410.1"),
}
TAKER = "mma"
"""The code of an agency to which a patient may submit, and that asks nothing at any door."""

_numbers = count(1)


@dataclass(eq=False)
class Place:
    """An institution: a hub with a repository, or one that gives no care."""

    authority: Authority = field(repr=False)
    kind: InstitutionKind = InstitutionKind.HUB
    suspended: bool = False
    admitted: bool = True
    oid: str = field(default_factory=lambda: f"2.999.200.{next(_numbers)}")
    id: UUID = field(default_factory=uuid4, repr=False)

    def __post_init__(self) -> None:
        issued = self.authority.issue_client(self.oid, [self.oid], datetime.now(UTC))
        certificate = x509.load_pem_x509_certificate(issued.certificate)
        self.certificate = certificate.public_bytes(Encoding.DER)
        if not self.admitted:
            return
        self.id = directory.admit(
            name=self.oid, kind=self.kind, on=SINCE, oid=self.oid, code=f"TEST-{self.oid}"
        ).id
        registers.describe(self.id, Profile(telephone="000-0000-0000"))
        directory.add_certificate(self.id, issued.fingerprint_sha256, from_date=SINCE)
        if self.suspended:
            directory.suspend(self.id, on=date(2021, 1, 1))
        if self.kind is InstitutionKind.HUB:
            repository.establish(oid=self.repository, institution=self.id, name=self.oid)
        patients.know_domain(self.oid)

    @property
    def repository(self) -> str:
        return f"{self.oid}.9"

    @property
    def takes_part(self) -> bool:
        return self.admitted and not self.suspended

    def access(self, time: datetime, transaction: str = "TEST") -> Access:
        caller = Caller(
            role=Role.SYSTEM,
            purpose=PurposeOfUse.TREATMENT,
            assurance=Assurance.CERTIFICATE,
            institution=self.id,
        )
        return Access(transaction=transaction, caller=caller, time=time)


@dataclass
class Places:
    """Three hospitals, one that is suspended, an agency, an insurer and a stranger."""

    folder: Path
    hospitals: list[Place] = field(init=False)

    def __post_init__(self) -> None:
        authority = create_authority(self.folder, datetime.now(UTC))
        self.hospitals = [Place(authority) for _ in range(3)]
        self.suspended = Place(authority, suspended=True)
        self.agency = Place(authority, InstitutionKind.AGENCY)
        self.insurer = Place(authority, InstitutionKind.INSURER)
        self.stranger = Place(authority, admitted=False)
        directory.admit(name="병무청", kind=InstitutionKind.AGENCY, on=SINCE)
        now = datetime.now(UTC)
        operating = Access(transaction="trust", caller=identify.operator(), time=now)
        providers.trust(operating, ec_provider().issuer, ec_provider().der, None)

    def __iter__(self) -> Iterator[Place]:
        yield from (*self.hospitals, self.suspended, self.agency, self.insurer, self.stranger)


CLERKS = {
    InstitutionKind.AGENCY: Role.AGENCY_CLERK,
    InstitutionKind.INSURER: Role.INSURER_CLERK,
}
"""What everybody is at an institution that gives no care."""


@dataclass(frozen=True)
class Asker:
    """Who asks: an institution's system, or a user whom it vouches for.

    `about` is the patient's identifier that the user's assertion or token names.
    """

    place: Place
    role: Role = Role.SYSTEM
    about: Identifier | None = None
    purpose: PurposeOfUse | None = None
    programme: str = ""
    """The code of the programme for which the user works, said by its purpose of use."""

    @property
    def admitted(self) -> bool:
        return self.place.takes_part

    @property
    def acts_as(self) -> Role:
        """What the exchange takes them for."""
        other = self.role in {Role.PATIENT, Role.REPRESENTATIVE}
        return self.role if other else CLERKS.get(self.place.kind, self.role)

    @property
    def is_user(self) -> bool:
        return self.role is not Role.SYSTEM

    @cached_property
    def signed(self) -> bytes:
        """The assertion that goes with each SOAP message."""
        value = assertion(issuer=ec_provider().issuer)
        return ec_provider().sign(
            replace(
                value,
                audiences=(frozenset({f"urn:oid:{AFFINITY_DOMAIN}"}),),
                claims=self._claims(value.claims),
            )
        )

    @property
    def context(self) -> Context:
        """For whom a client with this user's token acts."""
        own = self.role in {Role.PATIENT, Role.REPRESENTATIVE}
        return Context.PATIENT if own else Context.USER

    @cached_property
    def token(self) -> str:
        """The access token that goes with each FHIR request; it says what the assertion does."""
        now = datetime.now(UTC)
        return tokens.issue(
            AccessToken(
                id=str(uuid4()),
                issuer=settings.NARU.issuer,
                subject="kim.haneul",
                client=f"urn:oid:{self.place.oid}",
                audiences=frozenset(settings.NARU.token_audiences),
                scopes=OFFER.all([self.context]),
                issued=now,
                expires=now + timedelta(minutes=5),
                claims=self._claims(assertion().claims),
                user="KH<kim.haneul@urn:example:assertion-provider>",
            )
        )

    def _claims(self, claims: Claims) -> Claims:
        return replace(
            claims,
            organization_ids=(f"urn:oid:{self.place.oid}",),
            roles=(_CODES[self.role],),
            purposes=self._purposes,
            patients=() if self.about is None else (self.about,),
        )

    @property
    def _purposes(self) -> tuple[Code, ...]:
        if self.programme:
            return (Code(self.programme, PROGRAMMES),)
        return () if self.purpose is None else (Code(self.purpose, _PURPOSES),)
