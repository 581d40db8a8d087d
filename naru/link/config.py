"""The link's configuration: a TOML file beside the EMR (docs/link.md)."""

import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from naru.domain.clinical import CareInstitution, Department
from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import is_oid
from naru.link.errors import ConfigurationWrong

DEFAULT_TIMEOUT: Final = 30.0
DOORS: Final = {
    "registry": "/ihe/registry",
    "repository": "/ihe/repository",
    "pix": "/ihe/pix",
    "fhir": "/fhir",
    "token": "/oauth/token",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One door of the node."""

    url: str
    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAssertions:
    """How we say ourselves who our users are: the node trusts this key for them (ITI-40)."""

    issuer: str
    audience: str
    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkConfig:
    """Where the node is, who we are, and the names of the exchange."""

    registry: Endpoint
    repository: Endpoint
    pix: Endpoint
    fhir: Endpoint
    token: Endpoint
    institution: CareInstitution
    affinity_domain: str
    patient_id_authority: str
    device_oid: str
    """The OID by which the node is addressed in HL7 v3 messages."""
    resident_number_authority: str = ""
    """The OID under which the node takes 주민등록번호; without it none is sent."""
    repository_oid: str = ""
    """Asked for a document whose entry names no repository; the node keeps ours where it must."""
    facility_type: str = ""
    department: Department | None = None
    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None
    assertion: OwnAssertions | None = None
    forms: Path | None = None
    """A folder of the operator's own forms of documents."""
    timeout: float = DEFAULT_TIMEOUT
    codes: Mapping[str, Code] = field(default_factory=dict)


def read_config(file: Path) -> LinkConfig:
    """The configuration of the file; paths in it are relative to it."""
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationWrong(f"{file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationWrong(f"{file}: {error}") from None
    return config_from(data, file.parent)


def config_from(data: Mapping[str, object], folder: Path) -> LinkConfig:
    """The configuration of a table that was read already."""
    node, exchange = _Table(data, "node"), _Table(data, "exchange")
    sandbox = node.flag("sandbox")
    files = {name: node.path(name, folder) for name in ("certificate", "key", "authority")}
    doors = {name: _endpoint(node, name, sandbox=sandbox) for name in DOORS}
    secure = any(door.scheme == "https" for door in doors.values())
    if secure and None in files.values():
        raise ConfigurationWrong("node needs certificate, key and authority for https")
    affinity = exchange.oid("affinity_domain")
    return LinkConfig(
        registry=doors["registry"],
        repository=doors["repository"],
        pix=doors["pix"],
        fhir=doors["fhir"],
        token=doors["token"],
        certificate=files["certificate"],
        key=files["key"],
        authority=files["authority"],
        assertion=_own_assertions(data, folder, files, affinity),
        timeout=node.seconds("timeout", DEFAULT_TIMEOUT),
        institution=_institution(_Table(data, "institution")),
        facility_type=_Table(data, "institution").text("facility_type", ""),
        department=_department(data),
        repository_oid=exchange.oid("repository_oid", ""),
        resident_number_authority=exchange.oid("resident_number_authority", ""),
        affinity_domain=affinity,
        patient_id_authority=exchange.oid("patient_id_authority"),
        device_oid=exchange.text("device_oid", affinity),
        forms=exchange.path("forms", folder),
        codes=_codes(data),
    )


def _own_assertions(
    data: Mapping[str, object], folder: Path, files: Mapping[str, Path | None], affinity: str
) -> OwnAssertions | None:
    if "assertion" not in data:
        return None
    table = _Table(data, "assertion")
    certificate = table.path("certificate", folder) or files["certificate"]
    key = table.path("key", folder) or files["key"]
    if certificate is None or key is None:
        raise ConfigurationWrong("assertion needs certificate and key, here or in [node]")
    return OwnAssertions(
        issuer=table.text("issuer"),
        audience=table.text("audience", f"urn:oid:{affinity}"),
        certificate=certificate,
        key=key,
    )


def _institution(table: "_Table") -> CareInstitution:
    return CareInstitution(
        name=table.text("name"),
        oid=table.oid("oid"),
        code=table.text("code", ""),
        telephone=table.text("telephone", ""),
        address=table.text("address", ""),
    )


def _department(data: Mapping[str, object]) -> Department | None:
    if "department" not in data:
        return None
    table = _Table(data, "department")
    return Department(code=table.text("code"), name=table.text("name"))


def _codes(data: Mapping[str, object]) -> dict[str, Code]:
    if "codes" not in data:
        return {}
    names = _Table(data, "codes")
    found = {}
    for name in names.names():
        table = _Table(names.values, name)
        display = LocalizedString(table.text("display", table.text("code")), "ko-KR")
        found[name] = Code(table.text("code"), table.text("scheme"), (display,))
    return found


def _endpoint(node: "_Table", door: str, *, sandbox: bool) -> Endpoint:
    url = node.text(door, "") or node.text("url").rstrip("/") + DOORS[door]
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        raise ConfigurationWrong(f"node.{door} is not a URL") from None
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username:
        raise ConfigurationWrong(f"node.{door} is not an https URL")
    # Records never cross a network in the clear: plain http stays within one machine.
    if parts.scheme == "http" and not (sandbox and _is_loopback(parts)):
        raise ConfigurationWrong("plain http is only for a sandbox on a loopback address")
    return Endpoint(
        url=url, scheme=parts.scheme, host=parts.hostname, port=port, path=parts.path or "/"
    )


def _is_loopback(parts: SplitResult) -> bool:
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"


class _Table:
    """One table of the file; each value is checked where it is taken."""

    def __init__(self, data: Mapping[str, object], name: str) -> None:
        table = data.get(name)
        if not isinstance(table, dict):
            raise ConfigurationWrong(f"the table [{name}] is missing")
        self.values: dict[str, object] = table
        self._name = name

    def names(self) -> tuple[str, ...]:
        return tuple(self.values)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise ConfigurationWrong(f"{self._name}.{name} must be a text")
        return value

    def oid(self, name: str, default: str | None = None) -> str:
        value = self.text(name, default)
        if value != default and not is_oid(value):
            raise ConfigurationWrong(f"{self._name}.{name} must be an OID")
        return value

    def flag(self, name: str) -> bool:
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise ConfigurationWrong(f"{self._name}.{name} must be true or false")
        return value

    def seconds(self, name: str, default: float) -> float:
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise ConfigurationWrong(f"{self._name}.{name} must be a number of seconds")
        return float(value)

    def path(self, name: str, folder: Path) -> Path | None:
        return folder / self.text(name) if name in self.values else None
