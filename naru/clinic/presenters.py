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
from naru.ui.clock import moment, now, today
from naru.ui.names import in_language
from naru.ui.sizes import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document in a list."""

    title: str
    kind: str
    source: str
    when: str
    age: str
    size: str
    repository: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstView:
    """What one institution sees of one patient."""

    institution: str
    patient: str
    person: str
    papers: tuple[Paper, ...]


def first_view(
    institution: UUID, known: Demographics, entries: Sequence[DocumentEntry]
) -> FirstView:
    """The page of one patient at one institution."""
    found = directory.by_id(institution, on=today(now()))
    return FirstView(
        institution=in_language(found.name) if found else "",
        patient=next((name.text for name in known.names if name.text), ""),
        person=_person(known),
        papers=tuple(_paper(entry) for entry in reversed(entries)),
    )


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


def _paper(entry: DocumentEntry) -> Paper:
    made = created(entry)
    return Paper(
        title=title_of(entry),
        kind="" if kind_of(entry) == title_of(entry) else kind_of(entry),
        source=source_of(entry),
        when=moment(made) if made else "",
        age=_age(today(made), today(now())) if made else "",
        size=in_words(entry.size or 0),
        repository=entry.repository_unique_id or "",
        document=entry.unique_id,
    )


def _korean(told: Sequence[LocalizedString]) -> str:
    ordered = sorted(told, key=lambda one: not (one.lang or "").startswith("ko"))
    return ordered[0].value if ordered else ""


def _age(then: date, day: date) -> str:
    days = (day - then).days
    if days <= 0:
        return _("오늘")
    return _("%(days)d일 전") % {"days": days}


def _person(known: Demographics) -> str:
    sexes = {Gender.MALE: _("남"), Gender.FEMALE: _("여")}
    sex = sexes.get(known.gender, "") if known.gender else ""
    birth = known.birth_time or ""
    born = f"{birth[:4]}-{birth[4:6]}-{birth[6:8]}" if len(birth) >= len("19680411") else birth
    return " · ".join(part for part in (sex, born) if part)
