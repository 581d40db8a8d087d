"""What the parts of a page are given: plain values that presenters make and tags write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `number` aligns its figures at the end."""

    name: Words
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table that becomes one card for each row on a phone.

    `caption` says what it lists. A cell is text, which is escaped, or safe markup (`format_html`);
    the first cell of each row is what the row is about. Each row has one cell for each column.
    A `compact` table's rows take as few lines there as their words need.
    """

    caption: Words
    columns: tuple[Column, ...]
    rows: tuple[tuple[Words, ...], ...]
    unseen_caption: bool = False
    compact: bool = False

    def __post_init__(self) -> None:
        """A row that is shorter or longer is a fault of the page."""
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("each row has one cell for each column")

    @property
    def named_rows(self) -> list[list[tuple[Column, Words]]]:
        """Each cell with its column."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


class StepState(StrEnum):
    """How far a step of a course is."""

    DONE = "done"
    NOW = "now"
    LATER = "later"
    STOPPED = "stopped"


STEP_WORDS: Final[Mapping[StepState, Words]] = {
    StepState.DONE: _("마침"),
    StepState.NOW: _("지금"),
    StepState.LATER: _("앞으로"),
    StepState.STOPPED: _("멈춤"),
}
"""A mark is never alone: readers hear these."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of something that goes through several, as a referral does."""

    name: Words
    state: StepState
    when: Words = ""
    told: Words = ""

    @property
    def word(self) -> Words:
        """The state in words."""
        return STEP_WORDS[self.state]


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry of a timeline, newest first; `day` groups neighbours under one heading."""

    day: Words
    title: Words
    time: Words = ""
    told: Words = ""
    origin: Words = ""
    path: str = ""
    state: str = ""
    state_word: Words = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that matters; `told` says what it is measured against, or of what day."""

    name: Words
    value: Words
    unit: Words = ""
    told: Words = ""
    state: str = ""
    state_word: Words = ""


@dataclass(frozen=True, slots=True)
class Option:
    """What can be picked in a field."""

    value: str
    name: Words


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form as it stands: what was typed, and what is wrong with it."""

    name: str
    label: Words
    value: str = ""
    error: Words = ""
    hint: Words = ""
    kind: str = "text"
    options: tuple[Option, ...] = ()
    required: bool = False
    longest: int = 0
    complete: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    KINDS = frozenset(
        {"text", "textarea", "select", "date", "time", "number", "search", "tel", "email", "file"}
        | {"datetime-local", "password"}
    )

    def __post_init__(self) -> None:
        """A kind that browsers do not know is a fault of the page."""
        if self.kind not in self.KINDS:
            raise ValueError(f"no field is of the kind {self.kind}")

    @property
    def described_by(self) -> str:
        """The ids of what a reader hears with the field."""
        parts = (("hint", self.hint), ("error", self.error))
        return " ".join(f"{self.name}-{part}" for part, there in parts if there)


class Nothing(StrEnum):
    """Why there is nothing to show. The words are always the same and reveal nothing more."""

    NOT_CONSENTED = "not-consented"
    NOT_JOINED = "not-joined"
    BEFORE_CONSENT = "before-consent"
    NONE = "none"

    @property
    def what(self) -> Words:
        """The first words."""
        return _NOTHING[self][0]

    @property
    def why(self) -> Words:
        """The reason, and what can be done."""
        return _NOTHING[self][1]


_NOTHING: Final[Mapping[Nothing, tuple[Words, Words]]] = {
    Nothing.NOT_CONSENTED: (
        _("동의하지 않아 보이지 않습니다"),
        _("환자가 교류에 동의하면 그때부터 여기에 나타납니다. 기록이 없다는 뜻은 아닙니다."),
    ),
    Nothing.NOT_JOINED: (
        _("아직 참여하지 않은 기관입니다"),
        _("이 기관의 기록은 교류되지 않습니다. 필요하면 그 기관에서 사본을 받을 수 있습니다."),
    ),
    Nothing.BEFORE_CONSENT: (
        _("동의하기 전의 기록입니다"),
        _("동의한 날부터 만들어진 기록만 교류됩니다."),
    ),
    Nothing.NONE: (_("기록이 없습니다"), _("찾은 범위 안에 남아 있는 기록이 없습니다.")),
}
