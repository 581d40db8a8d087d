"""Searching bytes for people: their names, numbers and telephones in every usual encoding.

The people's values share a beginning that nothing else has, so a hit is found by one look at it and
then believed only if the whole is somebody's. What is written around other encodings (percent,
base64, hexadecimal, escapes, gzip) is taken off first, two layers deep.
"""

import base64
import binascii
import html
import itertools
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

FIRST: Final = "쇳"
"""With what every given name begins, and no other word here."""

_SYLLABLES: Final = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로"
_COMPATIBLE: Final = (
    "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ",
    "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ",
    " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ",
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist: born on the 30th of a 13th month, and nobody's telephone."""

    number: int

    @property
    def given(self) -> str:
        """The given name."""
        first, second = divmod(self.number, len(_SYLLABLES))
        return FIRST + _SYLLABLES[first] + _SYLLABLES[second]

    @property
    def resident_number(self) -> str:
        """As it is written on papers."""
        return f"581330-2{self.number + 400_000:06d}"

    @property
    def telephone(self) -> str:
        """As it is written on papers."""
        return f"010-0000-{self.number + 3000:04d}"


def people(count: int) -> list[Person]:
    """So many, all of them different."""
    assert count <= len(_SYLLABLES) ** 2
    return [Person(number) for number in range(count)]


def jamo(text: str) -> str:
    """Syllables as the letters that a keyboard types."""
    found = []
    for letter in text:
        place = ord(letter) - 0xAC00
        lead, rest = divmod(place, 588)
        vowel, tail = divmod(rest, 28)
        parts = (_COMPATIBLE[0][lead], _COMPATIBLE[1][vowel], _COMPATIBLE[2][tail])
        found.append("".join(parts).strip())
    return "".join(found)


def spellings(text: str) -> Iterator[bytes]:
    """A Korean text in the encodings that programs here use."""
    yield text.encode()
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield text.encode("cp949")
    decomposed = unicodedata.normalize("NFD", text)
    yield decomposed.encode()
    yield decomposed.encode("utf-16-le")
    yield jamo(text).encode()


class Scan:
    """Finds these people in whatever is searched."""

    def __init__(self, people: Iterable[Person]) -> None:
        everyone = list(people)
        self._names = {spelt: one.given for one in everyone for spelt in spellings(one.given)}
        self._lengths = sorted({len(spelt) for spelt in self._names})
        self._first = re.compile(b"|".join(map(re.escape, spellings(FIRST))))
        self._residents = {re.sub(r"\D", "", one.resident_number) for one in everyone}
        self._telephones = {one.telephone[-4:] for one in everyone}

    def of(self, content: bytes) -> set[str]:
        """What of anybody is found, in whatever layer."""
        found = self._plain(content)
        for layer in layers(content):
            found |= self._plain(layer)
            for below in layers(layer):
                found |= self._plain(below)
        return found

    def of_folder(self, folder: Path) -> dict[str, set[str]]:
        """The same of every file, and of its name."""
        found: dict[str, set[str]] = {}
        for file in folder.rglob("*"):
            hits = self.of(str(file.relative_to(folder)).encode())
            if file.is_file():
                hits |= self.of(file.read_bytes())
            if hits:
                found[str(file.relative_to(folder))] = hits
        return found

    def _plain(self, content: bytes) -> set[str]:
        found = set(self._names_in(content))
        for digits in (content, content.replace(b"\0", b"")):
            found |= set(self._numbers_in(digits))
        return found

    def _names_in(self, content: bytes) -> Iterator[str]:
        for match in self._first.finditer(content):
            for length in self._lengths:
                name = self._names.get(content[match.start() : match.start() + length])
                if name is not None:
                    yield name

    def _numbers_in(self, content: bytes) -> Iterator[str]:
        for match in _RESIDENT.finditer(content):
            number = re.sub(rb"\D", b"", match[0]).decode()
            if number in self._residents:
                yield number
        for match in _TELEPHONE.finditer(content):
            if match[1].decode() in self._telephones:
                yield match[0].decode()


_RESIDENT: Final = re.compile(rb"581330[-. ]?2\d{6}")
_TELEPHONE: Final = re.compile(rb"(?:0|82[-. )]?0?)10[-. )]{0,2}0000[-. ]?(\d{4})")


def layers(content: bytes) -> Iterator[bytes]:
    """What lies under each writing that is found in the content."""
    if b"%" in content:
        yield unquote_to_bytes(content)
    if b"\\" in content:
        yield _ESCAPED.sub(_unescaped, content)
    if b"&#" in content:
        yield _ENTITY.sub(lambda one: html.unescape(one[0].decode()).encode(), content)
    if b"=" in content:
        yield _QUOTED.sub(lambda one: bytes([int(one[1], 16)]), content.replace(b"=\n", b""))
    yield b"\n".join(_from_base64(content))
    yield b"\n".join(_from_hexadecimal(content))
    yield b"\n".join(_unpacked(content))


_ESCAPED: Final = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_ENTITY: Final = re.compile(rb"&#(?:\d{2,7}|[xX][0-9a-fA-F]{2,6});")
_QUOTED: Final = re.compile(rb"=([0-9A-Fa-f]{2})")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{8,}")
_HEXADECIMAL: Final = re.compile(rb"[0-9a-fA-F]{10,}")


def _unescaped(one: "re.Match[bytes]") -> bytes:
    if one[2]:
        return bytes([int(one[2], 16)])
    return chr(int(one[1], 16)).encode("utf-8", "surrogatepass")


def _from_base64(content: bytes) -> Iterator[bytes]:
    """Each run from each of four beginnings: what is searched may begin anywhere in it."""
    for match in _BASE64.finditer(content):
        run = match[0].translate(bytes.maketrans(b"-_", b"+/"))
        for start in range(4):
            part = run[start : start + (len(run) - start) // 4 * 4]
            if part:
                yield base64.b64decode(part)
            rest = run[start + len(part) :]
            if len(rest) > 1:
                yield base64.b64decode(run[start:] + b"=" * (4 - len(rest)))


def _from_hexadecimal(content: bytes) -> Iterator[bytes]:
    for match in _HEXADECIMAL.finditer(content):
        for start in (0, 1):
            part = match[0][start:]
            yield binascii.unhexlify(part[: len(part) // 2 * 2])


def _unpacked(content: bytes) -> Iterator[bytes]:
    for match in itertools.islice(re.finditer(rb"\x1f\x8b\x08", content), 1000):
        unpack = zlib.decompressobj(wbits=31)
        try:
            yield unpack.decompress(content[match.start() :], 16 * 1024 * 1024)
        except zlib.error:  # It only looked like one.
            continue
