"""The search for people finds what is planted, in every encoding, and nothing in what is random."""

import base64
import gzip
import json
import random
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.privacy.scan import Scan, jamo, people

PEOPLE = people(1000)
SCAN = Scan(PEOPLE)
ONE = PEOPLE[437]

NAMES: dict[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "UTF-16 little": lambda text: text.encode("utf-16-le"),
    "UTF-16 big": lambda text: text.encode("utf-16-be"),
    "EUC-KR": lambda text: text.encode("euc-kr"),
    "CP949": lambda text: text.encode("cp949"),
    "NFD": lambda text: unicodedata.normalize("NFD", text).encode(),
    "jamo": lambda text: jamo(text).encode(),
    "percent": lambda text: quote(text).encode(),
    "percent, small": lambda text: quote(text).lower().encode(),
    "percent of EUC-KR": lambda text: quote(text, encoding="euc-kr").encode(),
    "percent twice": lambda text: quote(quote(text)).encode(),
    "JSON": lambda text: json.dumps(text).encode(),
    "a Python repr": lambda text: repr(text.encode()).encode(),
    "entities": lambda text: "".join(f"&#{ord(one)};" for one in text).encode(),
    "entities, hexadecimal": lambda text: "".join(f"&#x{ord(one):x};" for one in text).encode(),
    "quoted-printable": lambda text: "".join(f"={one:02X}" for one in text.encode()).encode(),
    "base64": lambda text: base64.b64encode(f"이름은 {text}입니다".encode()),
    "base64, one on": lambda text: base64.b64encode(f"a이름은 {text}입니다".encode()),
    "base64, two on": lambda text: base64.b64encode(f"ab이름은 {text}입니다".encode()),
    "base64 of EUC-KR": lambda text: base64.b64encode(text.encode("euc-kr")),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(f"?{text}".encode()),
    "base64 of JSON": lambda text: base64.b64encode(json.dumps({"name": text}).encode()),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "gzip": lambda text: gzip.compress(f"{text} and more".encode()),
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_is_found_in_every_encoding(kind: str) -> None:
    planted = b"\x00\x17 before " + NAMES[kind](ONE.given) + b" after \xff"
    assert ONE.given in SCAN.of(planted)


@pytest.mark.parametrize("kind", sorted(NAMES.keys() - {"jamo"}))
@pytest.mark.parametrize("text", [ONE.resident_number, ONE.resident_number.replace("-", "")])
def test_a_resident_number_is_found_in_every_encoding(kind: str, text: str) -> None:
    assert SCAN.of(b"\xff before " + NAMES[kind](text) + b" after") == {text.replace("-", "")}


@pytest.mark.parametrize(
    "text",
    [
        ONE.telephone,
        ONE.telephone.replace("-", ""),
        ONE.telephone.replace("-", "."),
        f"tel:+82-{ONE.telephone[1:]}",
        f"82{ONE.telephone[1:].replace('-', '')}",
        f"(010) {ONE.telephone[4:]}",
    ],
)
def test_a_telephone_is_found_however_it_is_written(text: str) -> None:
    for kind in ("UTF-8", "UTF-16 little", "percent", "base64", "JSON"):
        assert SCAN.of(b"a " + NAMES[kind](text) + b" b"), kind


def test_nobody_is_found_where_nobody_is() -> None:
    noise = random.Random(7).randbytes(200_000)
    words = "남궁나루 010-1234-5678 901332-1234567 쇳물 쇳가루".encode()
    others = b" ".join(NAMES[kind]("남궁나루") for kind in NAMES)
    assert SCAN.of(noise + words + noise.hex().encode() + others) == set()
