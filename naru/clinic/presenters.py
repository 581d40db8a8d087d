"""What a clinician is shown, each item with its source and its age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from naru.directory import queries as directory
from naru.domain import dtm
from naru.domain.codes import LocalizedString
from naru.domain.person import Demographics, Gender
from naru.domain.xds import DocumentEntry
from naru.ui.names import in_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A patient in two lines."""

    name: str
    words: str


def person(known: Demographics) -> Person:
    """Who it is: the name, sex and day of birth."""
    return Person(
        name=next((name.text for name in known.names if name.text), ""), words=_person(known)
    )


def institution_name(institution: UUID, on: date) -> str:
    """What an institution is called."""
    found = directory.by_id(institution, on=on)
    return in_language(found.name) if found else ""


def title_of(entry: DocumentEntry) -> str:
    """The title in Korean where it was given so."""
    return _korean(entry.title) or _("제목 없는 문서")


def kind_of(entry: DocumentEntry) -> str:
    """What kind of document it is, in its sender's words."""
    return _korean(entry.type_code.display) if entry.type_code else ""


def source_of(entry: DocumentEntry) -> str:
    """The institution that wrote the document, as it named itself (XON-1)."""
    written = [name for author in entry.authors for name in author.institutions]
    return in_language(written[0].partition("^")[0]) if written else ""


def created(entry: DocumentEntry) -> datetime | None:
    """When the document was made, as far as its DTM says."""
    if not entry.creation_time:
        return None
    return dtm.earliest(entry.creation_time).astimezone(UTC)


def _korean(told: Sequence[LocalizedString]) -> str:
    ordered = sorted(told, key=lambda one: not (one.lang or "").startswith("ko"))
    return ordered[0].value if ordered else ""


def _person(known: Demographics) -> str:
    sexes = {Gender.MALE: _("남"), Gender.FEMALE: _("여")}
    sex = sexes.get(known.gender, "") if known.gender else ""
    birth = known.birth_time or ""
    born = f"{birth[:4]}-{birth[4:6]}-{birth[6:8]}" if len(birth) >= len("19680411") else birth
    return " · ".join(part for part in (sex, born) if part)
