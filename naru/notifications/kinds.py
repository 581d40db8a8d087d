"""Of what people are told, and in which words: rows of `data/templates.json`.

A message never says anything of health, names no department and no document: whoever holds the
phone learns that something happened, and reads what in the portal. An institution is named, unless
its name itself names a department.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

from naru.notifications.errors import UnknownKind, ValueRefused
from naru.notifications.states import To

LONGEST_VALUE: Final = 100
_PLACE: Final = re.compile(r"\{([a-z]+)\}")
_PLAIN: Final = re.compile(r"[^\x00-\x1f\x7f<>{}#]*")


class Duty(StrEnum):
    """Why a person must be told, whatever they prefer."""

    NONE = ""
    LAW = "law"
    SECURITY = "security"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A kind in one language.

    `short` is the whole of a chat message or SMS, word for word as approved under `template`;
    `text` is what the inbox, an e-mail or a letter says.
    """

    title: str
    text: str
    short: str
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Something of which people are told.

    `basis` is why it may be sent (발송근거). An `urgent` one keeps no quiet hours. By `letter` go
    those that a person without phone and e-mail must hear of, too.
    """

    name: str
    audience: To
    duty: Duty
    urgent: bool
    letter: bool
    basis: str
    words: Mapping[str, Words]

    @property
    def optional(self) -> bool:
        """Whether a person may have it turned off."""
        return self.duty is Duty.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """The whole data file."""

    status: str
    version: str
    values: frozenset[str]
    unnamed: Mapping[str, Mapping[str, str]]
    telling: tuple[str, ...]
    frame: Mapping[str, Mapping[str, str]]
    kinds: Mapping[str, Kind]


@cache
def kinds() -> Kinds:
    """What the data file holds."""
    source = resources.files("naru.notifications").joinpath("data/templates.json")
    data = json.loads(source.read_text("utf-8"))
    return Kinds(
        status=data["status"],
        version=data["version"],
        values=frozenset(data["values"]),
        unnamed=data["unnamed"],
        telling=tuple(data["telling_names"]),
        frame=data["frame"],
        kinds={name: _kind(name, entry) for name, entry in data["kinds"].items()},
    )


def known(kind: str) -> Kind:
    """The kind of this name; raises `UnknownKind`."""
    found = kinds().kinds.get(kind)
    if found is None:
        raise UnknownKind(f"no template has the kind {kind}")
    return found


def check(values: Mapping[str, str]) -> None:
    """Refuse what no template may hold; raises `ValueRefused`, which repeats no value."""
    for name, value in values.items():
        if name not in kinds().values:
            raise ValueRefused(f"a notice has no value {name}")
        if len(value) > LONGEST_VALUE or not _PLAIN.fullmatch(value):
            raise ValueRefused(f"the value {name} is no short plain text")


def nameable(values: Mapping[str, str]) -> dict[str, str]:
    """The values without an institution whose name no template may hold: it is told in general.

    What is told must not fail for a name: a withdrawal is told where it was said.
    """
    name = values.get("institution", "")
    plain = len(name) <= LONGEST_VALUE and _PLAIN.fullmatch(name) is not None
    return {key: one for key, one in values.items() if plain or key != "institution"}


def filled(text: str, values: Mapping[str, str], language: str) -> str:
    """The text with its values; one that was not given is told in general words."""
    general = kinds().unnamed[language]
    return _PLACE.sub(lambda place: values.get(place[1]) or general[place[1]], text)


def variables(text: str, values: Mapping[str, str], language: str) -> dict[str, str]:
    """What stands at each place of the text."""
    general = kinds().unnamed[language]
    return {place: values.get(place) or general[place] for place in _PLACE.findall(text)}


def written_out(kind: Kind, values: Mapping[str, str], language: str) -> str:
    """The text as an e-mail or a letter says it: a greeting, the way on, and why it is sent."""
    frame = kinds().frame[language]
    body = filled(kind.words[language].text, values, language)
    why = frame["basis"].format(basis=kind.basis) if language == "ko" else frame["basis"]
    return "\n\n".join((frame["greeting"], body, frame["onward"], why)) + "\n"


def chat_templates() -> dict[str, str]:
    """Every chat template by its code, in the form in which a provider approves it."""
    return {
        words.template: _PLACE.sub(r"#{\1}", words.short)
        for kind in kinds().kinds.values()
        for words in kind.words.values()
    }


def for_outside(values: Mapping[str, str]) -> dict[str, str]:
    """The values as a message may hold them: no institution whose name tells a department."""
    telling = any(word in values.get("institution", "") for word in kinds().telling)
    return {name: one for name, one in values.items() if not (telling and name == "institution")}


def _kind(name: str, entry: Mapping[str, object]) -> Kind:
    words = {
        language: Words(**entry[language])  # type: ignore[arg-type]  # JSON is read, not typed.
        for language in ("ko", "en")
    }
    return Kind(
        name=name,
        audience=To(str(entry["for"])),
        duty=Duty(str(entry.get("duty", ""))),
        urgent=bool(entry.get("urgent", False)),
        letter=bool(entry.get("letter", False)),
        basis=str(entry["basis"]),
        words=words,
    )
