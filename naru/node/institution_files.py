"""The files that an admitted institution is handed for its link (docs/link.md)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from naru.security.authority import Authority, Issued

_CONFIGURATION: Final = """\
# {name}: the link's configuration (docs/link.md).
[node]
url = "{url}"
certificate = "certificate.pem"
key = "key.pem"
authority = "authority.pem"

[exchange]
affinity_domain = "{affinity_domain}"
patient_id_authority = "{oid}"
repository_oid = "{repository}"
{resident_numbers}
[institution]
name = "{name}"
oid = "{oid}"
code = "{code}"
telephone = "{telephone}"
{facility_type}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """What a link has to know of its institution and of the exchange."""

    name: str
    oid: str
    code: str
    telephone: str
    url: str
    repository: str
    affinity_domain: str
    facility_type: str = ""
    """Its 요양기관종별, by HIRA's code; empty leaves it to the link."""
    resident_number_authority: str = ""
    """The OID under which the node takes 주민등록번호, where it does."""


def write(out: Path, issued: Issued, authority: Authority, configured: Configured) -> Path:
    """Write certificate, key and configuration into an empty folder; answer the configuration."""
    write_identity(out, issued, authority)
    authority_oid = configured.resident_number_authority
    resident_numbers = f'resident_number_authority = "{authority_oid}"\n' if authority_oid else ""
    kind = configured.facility_type
    content = _CONFIGURATION.format(
        facility_type=f'facility_type = "{kind}"\n' if kind else "",
        name=configured.name,
        url=configured.url,
        affinity_domain=configured.affinity_domain,
        oid=configured.oid,
        repository=configured.repository,
        resident_numbers=resident_numbers,
        code=configured.code,
        telephone=configured.telephone,
    )
    (out / "link.toml").write_text(content, encoding="utf-8")
    return out / "link.toml"


def write_identity(out: Path, issued: Issued, authority: Authority) -> None:
    """Write certificate, key and authority alone: who gives no care has no link."""
    issued.save(out / "certificate.pem", out / "key.pem")
    (out / "authority.pem").write_bytes(authority.certificate)
