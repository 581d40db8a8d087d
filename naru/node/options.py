"""Everything that differs from one node to another, in one value."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from naru.domain.caller import XuaRule
from naru.domain.detached_signature import SignatureRule
from naru.domain.findings import Checking

DEFAULT_DATA = Path("data")
DEFAULT_PORT = 8080
DEFAULT_BIND = "127.0.0.1"
DEFAULT_HOSTS = ("localhost", "127.0.0.1", "[::1]")
DEFAULT_WORKERS = 2
DEFAULT_THREADS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeOptions:
    """What the operator chose; the same in the supervisor and in every process it starts."""

    data: Path = DEFAULT_DATA
    """The folder that holds the database, the objects, the keys and the certificates."""
    database: str = ""
    """A `postgresql://` URL; empty means `naru.db` in the data folder."""
    objects: str = ""
    """The object store's URL; empty means the folder `objects` in the data folder."""
    roles: frozenset[str] = frozenset()
    """The roles this node plays; empty means every role."""
    bind: str = DEFAULT_BIND
    port: int = DEFAULT_PORT
    tls_port: int = 0
    """The port of the mutual TLS listener; 0 opens none."""
    hosts: tuple[str, ...] = DEFAULT_HOSTS
    """The names by which callers may address this node."""
    sandbox: bool = False
    """Test code sets and open consent, in a data folder of its own."""
    demo: bool = False
    """Synthetic people and hospitals, in a data folder of its own; pages open without sign-in."""
    document_check: str = ""
    """What becomes of a submitted document with errors, a `Checking`; empty means `flag`."""
    cda_schemas: Path | None = None
    """The folder of HL7's schema of CDA R2, by which submitted documents are checked too."""
    codes: Path | None = None
    """The code sets (`codes.xml`) of the affinity domain."""
    oid_root: str = ""
    """The operator's OID arc; empty means that what we mint stands under 2.25."""
    operating_body: str = ""
    """The name of the body that reviews and admits institutions; empty says only what it is."""
    joining: Path | None = None
    """The steps by which institutions join, change and leave, in place of ours (JSON)."""
    agreement: Path | None = None
    """The text of the standard agreement, in place of ours (JSON)."""
    programmes: Path | None = None
    """The approved programmes of research, statistics and evaluation (JSON); None for none."""
    forms: Path | None = None
    """A folder of the operator's own forms of documents, before ours (JSON)."""
    affinity_domains: tuple[str, ...] = ()
    """The patient identification domains of the affinity domain, by OID; the first is ours."""
    home_community: str = ""
    """The OID by which other communities know this one; empty takes any home for ours."""
    refuse_unknown_patients: bool = False
    """A query about a patient of whom no feed told is an error, not an empty answer."""
    rrn_authority: str = ""
    """The OID under which feeds send 주민등록번호; empty means that nobody is linked by it."""
    audit_to: tuple[str, ...] = ()
    """The audit record repositories to which audit messages go: `tls://`, `tcp://`, `udp://`."""
    audit_port: int = 0
    """The port of our own audit record repository, by mutual TLS; 0 opens none."""
    audit_tcp_port: int = 0
    """The same by plain TCP, for a network that is protected otherwise."""
    audit_udp_port: int = 0
    """The same by UDP."""
    audit_years: int = 0
    """For how many years records of access are kept before they may be purged; 0 for good."""
    certificate: Path | None = None
    """The certificate chain by which the node shows who it is, in place of our authority's."""
    key: Path | None = None
    """The key of `certificate`."""
    trust: tuple[Path, ...] = ()
    """Certificates that are believed beside our own authority's: of authorities, or of peers."""
    signers: tuple[Path, ...] = ()
    """Authorities whose people's signatures on documents are believed, beside our own's (PEM)."""
    signatures: str = ""
    """A `SignatureRule`; empty means that what does not stand is refused."""
    fhir_profiles: str = ""
    """A `Checking`; empty means that what resources claim is not judged as they are written."""
    pages: str = ""
    """The address at which people open the pages; passkeys are good there and nowhere else."""
    identity_provider: str = ""
    """The address of the provider of 본인확인; empty means that nobody can sign up."""
    identity_key: Path | None = None
    """The file of the secret that is shared with it."""
    xua: str = ""
    """A `XuaRule`; empty means accepted, and in a sandbox ignored."""
    audiences: tuple[str, ...] = ()
    """The URIs by which assertions and tokens name this node, besides those of the domain."""
    workers: int = DEFAULT_WORKERS
    threads: int = DEFAULT_THREADS

    @property
    def host(self) -> str:
        """`bind` as it stands before a port; an IPv6 address needs brackets there."""
        return f"[{self.bind}]" if ":" in self.bind else self.bind

    @property
    def database_file(self) -> Path:
        """The one SQLite file."""
        return self.data / "naru.db"

    @property
    def objects_url(self) -> str:
        """The object store's URL, the default folder included."""
        return self.objects or (self.data / "objects").resolve().as_uri()

    @property
    def xua_rule(self) -> XuaRule:
        """Whether requests bring an assertion of their user."""
        if self.xua:
            return XuaRule(self.xua)
        # The standard leaves it to configuration (ITI TF-2 3.40.4.1.1).
        return XuaRule.IGNORED if self.sandbox else XuaRule.ACCEPTED

    @property
    def profile_rule(self) -> Checking:
        """What becomes of a resource that breaks a profile which it claims to keep to."""
        return Checking(self.fhir_profiles or Checking.OFF)

    @property
    def signature_rule(self) -> SignatureRule:
        """What becomes of a document whose signature does not stand."""
        return SignatureRule(self.signatures or SignatureRule.REFUSE)

    @property
    def pages_url(self) -> str:
        """The address of the pages, without a slash at its end: an origin."""
        return self.pages.rstrip("/") or f"http://{self.hosts[0]}:{self.port}"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies travel over TLS only.

        Except on a loopback node, which has none, unless a server before it has.
        """
        loopback = self.bind in {"127.0.0.1", "::1", "localhost"}
        return not loopback or self.pages_url.startswith("https://")

    @property
    def checking(self) -> Checking:
        """What becomes of a submitted document with errors."""
        return Checking(self.document_check or Checking.FLAG)

    @property
    def own_audiences(self) -> frozenset[str]:
        """Each URI that means this node, or the affinity domain that it serves."""
        domains = (f"urn:oid:{oid}" for oid in self.affinity_domains)
        return frozenset((*self.audiences, *domains))

    @property
    def issuer(self) -> str:
        """The URL by which this node signs tokens and is found for them (RFC 8414)."""
        given = next((one for one in self.audiences if one.startswith("https://")), "")
        if given:
            return given.rstrip("/")
        if self.tls_port:
            return f"https://{self.hosts[0]}:{self.tls_port}"
        return f"http://{self.hosts[0]}:{self.port}"

    @property
    def token_audiences(self) -> tuple[str, ...]:
        """What an access token may be for; the first is what it is for unless it is said."""
        return (f"{self.issuer}/fhir", *sorted(self.own_audiences))

    @property
    def token_endpoints(self) -> tuple[str, ...]:
        """Whom a client's own assertion may be for (RFC 7523 section 3)."""
        return (f"{self.issuer}/oauth/token", self.issuer)

    @property
    def keys(self) -> Path:
        """The folder of the master key."""
        return _folder(self.data, "keys")

    @property
    def authority(self) -> Path:
        """The folder of the local certificate authority."""
        return self.data / "ca"

    def to_environment(self) -> dict[str, str]:
        """The variables from which `from_environment` makes an equal value."""
        return {
            "NARU_DATA": str(self.data),
            "NARU_DATABASE": self.database,
            "NARU_OBJECTS": self.objects,
            "NARU_ROLES": ",".join(sorted(self.roles)),
            "NARU_BIND": self.bind,
            "NARU_PORT": str(self.port),
            "NARU_TLS_PORT": str(self.tls_port or ""),
            "NARU_HOSTS": ",".join(self.hosts),
            "NARU_SANDBOX": "1" if self.sandbox else "",
            "NARU_DEMO": "1" if self.demo else "",
            "NARU_DOCUMENT_CHECK": self.document_check,
            "NARU_CDA_SCHEMAS": str(self.cda_schemas or ""),
            "NARU_CODES": str(self.codes) if self.codes else "",
            "NARU_OID_ROOT": self.oid_root,
            "NARU_OPERATING_BODY": self.operating_body,
            "NARU_JOINING": str(self.joining or ""),
            "NARU_AGREEMENT": str(self.agreement or ""),
            "NARU_PROGRAMMES": str(self.programmes or ""),
            "NARU_FORMS": str(self.forms or ""),
            "NARU_AFFINITY_DOMAINS": ",".join(self.affinity_domains),
            "NARU_HOME_COMMUNITY": self.home_community,
            "NARU_REFUSE_UNKNOWN_PATIENTS": "1" if self.refuse_unknown_patients else "",
            "NARU_RRN_AUTHORITY": self.rrn_authority,
            "NARU_AUDIT_TO": ",".join(self.audit_to),
            "NARU_AUDIT_PORT": str(self.audit_port or ""),
            "NARU_AUDIT_TCP_PORT": str(self.audit_tcp_port or ""),
            "NARU_AUDIT_UDP_PORT": str(self.audit_udp_port or ""),
            "NARU_AUDIT_YEARS": str(self.audit_years or ""),
            "NARU_CERTIFICATE": str(self.certificate or ""),
            "NARU_KEY": str(self.key or ""),
            "NARU_TRUST": ",".join(map(str, self.trust)),
            "NARU_SIGNERS": ",".join(map(str, self.signers)),
            "NARU_SIGNATURES": self.signatures,
            "NARU_FHIR_PROFILES": self.fhir_profiles,
            "NARU_PAGES": self.pages,
            "NARU_IDENTITY_PROVIDER": self.identity_provider,
            "NARU_IDENTITY_KEY": str(self.identity_key or ""),
            "NARU_XUA": self.xua,
            "NARU_AUDIENCES": ",".join(self.audiences),
            "NARU_WORKERS": str(self.workers),
            "NARU_THREADS": str(self.threads),
        }

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the `NARU_*` variables; an unset or empty one keeps its default."""
        given = {name: value for name, value in environment.items() if value}
        return cls(
            data=Path(given.get("NARU_DATA", DEFAULT_DATA)),
            database=given.get("NARU_DATABASE", ""),
            objects=given.get("NARU_OBJECTS", ""),
            roles=frozenset(_listed(given.get("NARU_ROLES", ""))),
            bind=given.get("NARU_BIND", DEFAULT_BIND),
            port=int(given.get("NARU_PORT", DEFAULT_PORT)),
            tls_port=int(given.get("NARU_TLS_PORT", 0)),
            hosts=_listed(given.get("NARU_HOSTS", "")) or DEFAULT_HOSTS,
            sandbox=given.get("NARU_SANDBOX") == "1",
            demo=given.get("NARU_DEMO") == "1",
            document_check=given.get("NARU_DOCUMENT_CHECK", ""),
            cda_schemas=_file(given.get("NARU_CDA_SCHEMAS")),
            codes=Path(given["NARU_CODES"]) if "NARU_CODES" in given else None,
            oid_root=given.get("NARU_OID_ROOT", ""),
            operating_body=given.get("NARU_OPERATING_BODY", ""),
            joining=_file(given.get("NARU_JOINING")),
            agreement=_file(given.get("NARU_AGREEMENT")),
            programmes=_file(given.get("NARU_PROGRAMMES")),
            forms=_file(given.get("NARU_FORMS")),
            affinity_domains=_listed(given.get("NARU_AFFINITY_DOMAINS", "")),
            home_community=given.get("NARU_HOME_COMMUNITY", ""),
            refuse_unknown_patients=given.get("NARU_REFUSE_UNKNOWN_PATIENTS") == "1",
            rrn_authority=given.get("NARU_RRN_AUTHORITY", ""),
            audit_to=_listed(given.get("NARU_AUDIT_TO", "")),
            audit_port=int(given.get("NARU_AUDIT_PORT", 0)),
            audit_tcp_port=int(given.get("NARU_AUDIT_TCP_PORT", 0)),
            audit_udp_port=int(given.get("NARU_AUDIT_UDP_PORT", 0)),
            audit_years=int(given.get("NARU_AUDIT_YEARS", 0)),
            certificate=_file(given.get("NARU_CERTIFICATE")),
            key=_file(given.get("NARU_KEY")),
            trust=tuple(map(Path, _listed(given.get("NARU_TRUST", "")))),
            signers=tuple(map(Path, _listed(given.get("NARU_SIGNERS", "")))),
            signatures=given.get("NARU_SIGNATURES", ""),
            fhir_profiles=given.get("NARU_FHIR_PROFILES", ""),
            pages=given.get("NARU_PAGES", ""),
            identity_provider=given.get("NARU_IDENTITY_PROVIDER", ""),
            identity_key=_file(given.get("NARU_IDENTITY_KEY")),
            xua=given.get("NARU_XUA", ""),
            audiences=_listed(given.get("NARU_AUDIENCES", "")),
            workers=int(given.get("NARU_WORKERS", DEFAULT_WORKERS)),
            threads=int(given.get("NARU_THREADS", DEFAULT_THREADS)),
        )


def _file(name: str | None) -> Path | None:
    return Path(name) if name else None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


@cache
def _folder(data: Path, name: str) -> Path:
    # One value each, so that it is hashed once: the key ring is asked for by it many times.
    return data / name
