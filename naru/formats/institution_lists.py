"""Lists of institutions as CSV: our own about those who take part, and HIRA's open data.

Ours has the columns `oid, address, telephone, latitude, longitude, hours, departments`; hours are
parted by `;`, departments too, each as `hira:01`, `hie:0100` or `egen:D001`. Open data have those
of 병원정보서비스 (`ykiho, yadmNm, clCd, addr, telno, XPos, YPos`) or of its file with Korean heads.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeVar

from naru.domain.departments import DepartmentSystem
from naru.domain.identifiers import is_oid
from naru.domain.registers import DepartmentAt, Described, Listing, Profile

LARGEST: Final = 64 * 1024 * 1024
"""Octets: the whole country's list has a quarter of it."""

MOST: Final = 200_000
"""Rows: twice the country's institutions."""

_LONGEST: Final = 2_000
_LONGEST_YKIHO: Final = 400
_LONGEST_NAME: Final = 200
_LONGEST_CODE: Final = 16

T = TypeVar("T")

_OURS: Final = ("oid", "address", "telephone", "latitude", "longitude", "hours", "departments")
_OPEN: Final[Mapping[str, tuple[str, ...]]] = {
    "ykiho": ("ykiho", "암호화요양기호"),
    "name": ("yadmNm", "요양기관명"),
    "kind": ("clCd", "종별코드"),
    "address": ("addr", "주소"),
    "telephone": ("telno", "전화번호"),
    "longitude": ("XPos", "좌표(X)"),
    "latitude": ("YPos", "좌표(Y)"),
}


class ListRefused(ValueError):
    """The file is no such list; the sentence says what is wrong, with no value from it."""


def read_described(content: bytes) -> tuple[tuple[Described, ...], tuple[tuple[int, str], ...]]:
    """The rows of our own list, and the lines that are none, with why. Raises ListRefused."""
    return _read(content, dict.fromkeys(_OURS, ()), _described)


def read_open_data(content: bytes) -> tuple[tuple[Listing, ...], tuple[tuple[int, str], ...]]:
    """The rows of HIRA's open data, and the lines that are none, with why. Raises ListRefused."""
    return _read(content, _OPEN, _listing)


def _read(
    content: bytes, wanted: Mapping[str, tuple[str, ...]], build: Callable[[Mapping[str, str]], T]
) -> tuple[tuple[T, ...], tuple[tuple[int, str], ...]]:
    found: list[T] = []
    refused: list[tuple[int, str]] = []
    for line, row in _rows(content, wanted):
        try:
            found.append(build(row))
        except ValueError as error:
            refused.append((line, _sentence(error)))
    return tuple(found), tuple(refused)


def _rows(
    content: bytes, wanted: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    reader = csv.reader(io.StringIO(_text(content)), strict=True)
    try:
        places = _places(next(reader, []), wanted)
        for number, cells in enumerate(reader, start=1):
            if number > MOST:
                raise ListRefused(f"The list has more than {MOST} rows.")
            if not any(cells):
                continue
            yield (
                reader.line_num,
                {
                    name: cells[place].strip()[:_LONGEST] if place < len(cells) else ""
                    for name, place in places.items()
                },
            )
    except csv.Error as error:
        raise ListRefused(f"Line {reader.line_num} cannot be read as CSV.") from error


def _text(content: bytes) -> str:
    """Public files come in UTF-8 or, from older programs, in CP949."""
    if len(content) > LARGEST:
        raise ListRefused("The file is larger than any such list.")
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListRefused("The file is neither UTF-8 nor CP949.")


def _places(head: list[str], wanted: Mapping[str, tuple[str, ...]]) -> Mapping[str, int]:
    at = {name.strip(): place for place, name in enumerate(head)}
    places = {
        name: next((at[one] for one in (*names, name) if one in at), -1)
        for name, names in wanted.items()
    }
    missing = [name for name, place in places.items() if place < 0]
    if missing:
        raise ListRefused(f"The list lacks the column {missing[0]}.")
    return places


def _described(row: Mapping[str, str]) -> Described:
    if not is_oid(row["oid"]):
        raise ValueError("the OID is none")
    return Described(
        oid=row["oid"],
        profile=Profile(
            address=row["address"],
            telephone=row["telephone"],
            latitude=_degrees(row["latitude"]),
            longitude=_degrees(row["longitude"]),
            hours=_parts(row["hours"]),
        ),
        departments=tuple(_department(one) for one in _parts(row["departments"])),
    )


def _listing(row: Mapping[str, str]) -> Listing:
    if not row["ykiho"] or not row["name"]:
        raise ValueError("a row has a ykiho and a name")
    if len(row["ykiho"]) > _LONGEST_YKIHO or len(row["name"]) > _LONGEST_NAME:
        raise ValueError("a ykiho or a name is too long")
    place = Profile(
        address=row["address"],
        telephone=row["telephone"],
        latitude=_degrees(row["latitude"]),
        longitude=_degrees(row["longitude"]),
    )
    return Listing(
        ykiho=row["ykiho"],
        name=row["name"],
        kind=row["kind"][:2],
        address=place.address,
        telephone=place.telephone,
        latitude=place.latitude,
        longitude=place.longitude,
    )


def _department(text: str) -> DepartmentAt:
    system, _, code = text.partition(":")
    if not code or len(code) > _LONGEST_CODE:
        raise ValueError("a department is written as hira:01")
    return DepartmentAt(system=DepartmentSystem(system), code=code)


def _degrees(text: str) -> float | None:
    return float(text) if text else None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _sentence(error: ValueError) -> str:
    """Ours say what is wrong; a number's would repeat what stood there."""
    told = str(error)
    return "a value cannot be read" if "'" in told else told
