"""What reception staff fill in, read under limits: who came, who was seen, how they signed."""

import base64
import binascii
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict

from naru.domain.consent_paper import (
    SEEN_AT_A_DESK,
    Authority,
    Identification,
    Identified,
    Representative,
    Signed,
)
from naru.domain.person import Gender
from naru.exchange.treatment.reception import Newcomer
from naru.formats import png

LARGEST_SCAN: Final = 1024 * 1024
"""Octets of a scanned paper: one page in grey at 200 dots an inch is a tenth of it."""

_PDF: Final = b"%PDF-"
_PICTURE: Final = "data:image/png;base64,"
_LONGEST: Final = 100


class FormWrong(ValueError):
    """A field is empty or wrong; `field` names it, as the page calls it."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name)
        self.field = field_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Who was seen and how they signed: by picture, by a scanned paper, or before a witness."""

    identified: Identified
    representative: Representative | None
    signature: bytes = field(default=b"", repr=False)
    scan: bytes = field(default=b"", repr=False)


def text(given: QueryDict, name: str, *, needed: bool = True) -> str:
    """A field of one line, without what no line holds; raises FormWrong."""
    value = " ".join(given.get(name, "").split())
    if len(value) > _LONGEST or not value.isprintable() or (needed and not value):
        raise FormWrong(name)
    return value


def born(given: QueryDict) -> date:
    """The birth date; raises FormWrong."""
    try:
        return date.fromisoformat(given.get("born", ""))
    except ValueError:
        raise FormWrong("born") from None


def newcomer(given: QueryDict) -> Newcomer:
    """Whom to register; raises FormWrong."""
    try:
        gender = Gender(given.get("gender", ""))
    except ValueError:
        raise FormWrong("gender") from None
    return Newcomer(
        number=text(given, "number"),
        name=text(given, "name"),
        born=born(given),
        gender=gender,
        telephone=text(given, "telephone", needed=False),
    )


def signing(request: HttpRequest) -> Signing:
    """Who was seen, who acts for the patient, and how it was signed; raises FormWrong."""
    given = request.POST
    try:
        by = Identification(given.get("identity", ""))
    except ValueError:
        raise FormWrong("identity") from None
    if by not in SEEN_AT_A_DESK:
        raise FormWrong("identity")
    seen_by, signed = text(given, "seen_by"), given.get("signed", "")
    representative = _representative(given)
    match signed:
        case Signed.PAD:
            identified = Identified(by=by, signed=Signed.PAD, seen_by=seen_by)
            return Signing(
                identified=identified,
                representative=representative,
                signature=_picture(given.get("signature", "")),
            )
        case Signed.SCAN:
            scan = _scan(request.FILES.get("scan"))
            identified = Identified(
                by=by, signed=Signed.SCAN, seen_by=seen_by, scan_sha256=sha256(scan).hexdigest()
            )
            return Signing(identified=identified, representative=representative, scan=scan)
        case Signed.WITNESS:
            witness = text(given, "witness")
            if witness == seen_by:
                raise FormWrong("witness")  # A witness is somebody else than who takes the paper.
            identified = Identified(by=by, signed=Signed.WITNESS, seen_by=seen_by, witness=witness)
            return Signing(identified=identified, representative=representative)
    raise FormWrong("signed")


def _representative(given: QueryDict) -> Representative | None:
    name = text(given, "representative", needed=False)
    if not name:
        return None
    return Representative(
        name=name,
        relationship=text(given, "relationship"),
        telephone=text(given, "representative_telephone", needed=False),
        authority=_authority(given),
        authority_number=text(given, "authority_number", needed=bool(given.get("authority"))),
    )


def _authority(given: QueryDict) -> Authority | None:
    shown = given.get("authority", "")
    try:
        return Authority(shown) if shown else None
    except ValueError:
        raise FormWrong("authority") from None


def _picture(given: str) -> bytes:
    if not given.startswith(_PICTURE) or len(given) > len(_PICTURE) + png.LARGEST * 4 // 3 + 4:
        raise FormWrong("signature")
    try:
        octets = base64.b64decode(given.removeprefix(_PICTURE), validate=True)
        png.check(octets)
    except (binascii.Error, png.PngRefused):
        raise FormWrong("signature") from None
    return octets


def _scan(given: object) -> bytes:
    if not isinstance(given, UploadedFile) or not given.size or given.size > LARGEST_SCAN:
        raise FormWrong("scan")
    octets: bytes = given.read()
    if not octets.startswith(_PDF):
        raise FormWrong("scan")
    return octets
