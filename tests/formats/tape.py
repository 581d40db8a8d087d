"""Values read off a tape of bytes, which is all that Hypothesis draws.

A document has some six hundred small choices; drawn one by one, Hypothesis keeps books on each and
takes ten times as long as writing, judging and reading the document. A tape is a single choice. A
nought, or what lies behind the tape's end, is the simplest value of each kind: what Hypothesis
makes smaller makes the document simpler.
"""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final, TypeVar

from hypothesis import strategies as st

from naru.domain.korea import KST

T = TypeVar("T")

LENGTH: Final = 3_000
"""Octets of a tape: a document of every section needs half as many, and seldom more than these."""

HARD: Final = (
    "한글",
    "쀍 뷁 힣 똠방각하",
    unicodedata.normalize("NFD", "각힣 뷁"),
    "ㄱㅏ ᄀᆞᆷ ꥠힰ",
    "金하늘 漢字 𠮷 㐂",
    "👩‍⚕️ 🏥 🇰🇷",
    "\u05e2\u05d1\u05e8\u05d9\u05ea \u200f\u0627\u0644\u0639\u200e \u202eabc\u202c",
    " 앞뒤 빈칸 ",
    "\u3000전각 빈칸\u00a0",
    "줄\n바꿈\t탭\r되돌림\r\n",
    "   ",
    "]]> <script>alert(1)</script> &amp; &#10; \"'",
    "||&",
)
_LONGEST: Final = 20
_CONTROLS: Final = "\t\n\r\x7f\x85"
_FIRST: Final = datetime(1000, 1, 1, tzinfo=KST)
_LAST: Final = datetime(9998, 12, 30, tzinfo=KST)
_MICROSECONDS: Final = (_LAST - _FIRST) // timedelta(microseconds=1)
_CODE: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@cache
def alphabets() -> tuple[str, ...]:
    """What XML can carry: everything, and the scripts that give most trouble by themselves."""
    signs = [chr(one) for one in range(0x110000)]
    written = [
        one
        for one in signs
        if one in _CONTROLS or unicodedata.category(one) not in {"Cc", "Cs", "Cn"}
    ]
    every = "".join(written)
    return (
        "".join(one for one in written if one.isascii()),
        "".join(one for one in written if "가" <= one <= "힣"),
        every,
        "".join(
            one for one in written if "\u1100" <= one <= "\u11ff" or "\u3131" <= one <= "\u318e"
        ),
        "".join(one for one in written if unicodedata.name(one, "").startswith("CJK")),
        "".join(one for one in written if unicodedata.bidirectional(one) in {"R", "AL", "RLO"}),
        "".join(one for one in written if unicodedata.combining(one)),
        "".join(one for one in written if "\U0001f000" <= one <= "\U0001faff") + "\u200d\ufe0f",
    )


class Tape:
    """A tape that is read from its beginning."""

    __slots__ = ("_at", "_octets")

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    def below(self, count: int) -> int:
        """A number from 0 on, less than `count`."""
        width = 1 if count <= 0x80 else (count.bit_length() + 15) // 8
        begin = self._at
        self._at = begin + width
        found = int.from_bytes(self._octets[begin : begin + width], "big")
        return found * count >> 8 * width

    def one(self, of: Sequence[T]) -> T:
        """One of these; the first is the simplest."""
        return of[self.below(len(of))]

    def some(self, what: Callable[[], T], most: int = 2) -> tuple[T, ...]:
        """None, one, or as many as `most`."""
        return tuple([what() for _ in range(self.below(most + 1))])

    def maybe(self, what: Callable[[], T]) -> T | None:
        """None or a value."""
        return what() if self.below(2) else None

    def text(self) -> str:
        """Any text: none, one of the hard ones, or signs of one script or of all."""
        way = self.below(8)
        if way == 0:
            return ""
        if way < 3:  # A quarter of them.
            return self.one(HARD)
        signs = self.one(alphabets())
        return "".join([self.one(signs) for _ in range(self.below(_LONGEST + 1))])

    def said(self) -> str:
        """A text that is not of blanks alone."""
        found = self.text()
        return found if found.strip() else f"{found}말"

    def code(self) -> str:
        """A code as code systems have them."""
        rest = [self.one(f"{_CODE}.-/") for _ in range(self.below(10))]
        return self.one(_CODE) + "".join(rest)

    def code_or_none(self) -> str:
        """A code or ""."""
        return self.code() if self.below(2) else ""

    def oid(self) -> str:
        """An OID of those that are free for examples."""
        arcs = [str(self.below(10 ** self.below(8))) for _ in range(1 + self.below(4))]
        return ".".join(("2.999", *arcs))

    def day(self) -> date:
        """A day of four digits' years; often near one of the ends."""
        return self.moment().date()

    def moment(self) -> datetime:
        """A time in Korea."""
        way = self.below(8)
        if way == 0:
            return datetime(2026, 11, 20, 10, 30, tzinfo=KST)
        if way == 1:
            return self.one((_FIRST, _LAST, datetime(2000, 2, 29, 23, 59, 59, 999_999, tzinfo=KST)))
        if way < 4:  # A quarter of them of these years.
            return datetime(2019, 1, 1, tzinfo=KST) + timedelta(seconds=self.below(280_000_000))
        return _FIRST + timedelta(microseconds=self.below(_MICROSECONDS))

    def when(self) -> date | datetime:
        """A day or a time."""
        return self.moment() if self.below(2) else self.day()

    def number(self, least: int = 0, most: int = 300, places: int = 2) -> Decimal:
        """A decimal with some places or none."""
        digits = self.below(places + 1)
        scale = 10**digits
        found = least * scale + self.below((most - least) * scale + 1)
        return Decimal(found).scaleb(-digits)


tapes: Final = st.binary(min_size=LENGTH, max_size=LENGTH)
