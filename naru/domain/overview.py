"""An overview: which documents a source has registered of a patient, in the words that people read.

It is what a node can assemble of any source by itself; how it is written is the formats' matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

from naru.domain.codes import LocalizedString
from naru.domain.korea import korean_day_of
from naru.domain.on_demand import OnDemand
from naru.domain.xds import Author, DocumentEntry

_KOREAN: Final = ("진료일", "문서", "종류", "진료과", "작성")
_ENGLISH: Final = ("Date of care", "Document", "Kind", "Department", "Author")
_NOTHING_KOREAN, _NOTHING_ENGLISH = "보여 드릴 기록이 없습니다.", "There is no record to show."
_XCN_FAMILY, _XCN_GIVEN = 1, 2  # XCN-2 and XCN-3, counted from 0.


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The words; a row for each source, in the order of registration."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    nothing: str
    """What stands where there is no row."""

    @classmethod
    def of(cls, asked: OnDemand) -> Self:
        """The overview in the language of the On-Demand entry, Korean or else English."""
        entry = asked.entry
        korean = (entry.language_code or "ko").lower().startswith("ko")
        kind = text_of(entry.type_code.display) if entry.type_code else ""
        return cls(
            title=text_of(entry.title) or kind,
            columns=_KOREAN if korean else _ENGLISH,
            rows=tuple(tuple(_cells(one)) for one in asked.sources),
            nothing=_NOTHING_KOREAN if korean else _NOTHING_ENGLISH,
        )


def text_of(strings: Sequence[LocalizedString]) -> str:
    """The Korean words, else the first."""
    korean = [one.value for one in strings if (one.lang or "").lower().startswith("ko")]
    return next(iter([*korean, *(one.value for one in strings)]), "")


def _cells(entry: DocumentEntry) -> Iterator[str]:
    when = entry.service_start_time or entry.creation_time
    yield korean_day_of(when).isoformat() if when else ""
    yield text_of(entry.title)
    for code in (entry.type_code, entry.practice_setting_code):
        yield (text_of(code.display) or code.code) if code else ""
    yield ", ".join(filter(None, map(_name, entry.authors)))


def _name(author: Author) -> str:
    parts = [*(author.person or "").split("^"), "", "", ""]
    return " ".join(part for part in (parts[_XCN_FAMILY], parts[_XCN_GIVEN]) if part)
