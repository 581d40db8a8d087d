"""What stands beside each hospital's EMR: its certificate and the configuration of its link."""

import json
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from naru.demo import cast
from naru.demo.cast import Body, Hospital
from naru.security.authority import Issued
from naru.security.files import create_once, create_private_folder

_CONFIG = """\
# {name}의 표준연계모듈 설정 (데모)
[node]
url = "{wire}"
certificate = "certificate.pem"
key = "key.pem"
authority = "authority.pem"

[exchange]
affinity_domain = "{affinity_domain}"
patient_id_authority = "{numbers}"
repository_oid = "{repository_oid}"
resident_number_authority = "{resident_numbers}"

[institution]
name = "{name}"
oid = "{oid}"
code = "{code}"
telephone = "{telephone}"

[department]
code = "{department_code}"
name = "{department_name}"
"""


def folder(data: Path, hospital: Hospital) -> Path:
    """Where a hospital's files lie."""
    return data / hospital.key


def config(data: Path, hospital: Hospital) -> Path:
    """The configuration of a hospital's link."""
    return folder(data, hospital) / "link.toml"


def write(data: Path, wire: str, authority: bytes, hospital: Hospital, issued: Issued) -> None:
    """Write a hospital's files; its key is nobody's but its own."""
    write_identity(data, authority, hospital, issued)
    point_to(data, wire, hospital)


def write_identity(data: Path, authority: bytes, whose: Hospital | Body, issued: Issued) -> None:
    """Write the certificate, the key and the authority, in a folder of its own."""
    place = data / whose.key
    create_private_folder(place)
    issued.save(place / "certificate.pem", place / "key.pem")
    (place / "authority.pem").write_bytes(authority)


def write_service(data: Path, body: Body, client_id: str, key: ec.EllipticCurvePrivateKey) -> None:
    """Write by what a body's own system asks for tokens."""
    told = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    create_once(data / body.key / "service.pem", told)
    (data / body.key / "service.json").write_text(json.dumps({"client_id": client_id}), "utf-8")


def point_to(data: Path, wire: str, hospital: Hospital) -> None:
    """Tell a hospital's link where the node's wire doors are."""
    config(data, hospital).write_text(_configuration(wire, hospital), encoding="utf-8")


def seen_from_here(data: Path) -> str:
    """The data folder as one types it where the demo was started."""
    seen = os.path.relpath(data)
    return str(data) if seen.startswith("..") else seen


def _configuration(wire: str, hospital: Hospital) -> str:
    department_code, department_name = hospital.department
    return _CONFIG.format(
        wire=wire,
        affinity_domain=cast.AFFINITY_DOMAIN,
        numbers=hospital.numbers,
        resident_numbers=cast.RESIDENT_NUMBERS,
        repository_oid=hospital.hub.repository_oid,
        name=hospital.name,
        oid=hospital.oid,
        code=hospital.code,
        telephone=hospital.telephone,
        department_code=department_code,
        department_name=department_name,
    )
