"""A document as `naru link find` lists it: times in Korea, institutions by name and by OID."""

from dataclasses import dataclass

from naru.domain.dtm import InvalidDtm, earliest
from naru.domain.korea import KST
from naru.domain.xds import DocumentEntry

_DAY = 8
"""Digits of a DTM that says a day; one that says less or as much has no zone to be moved to."""
_XON_OID = 9  # XON-10, counted from 0: ITI TF-3 Table 4.2.3.1.7-2.
_ESCAPED = (("\\F\\", "|"), ("\\S\\", "^"), ("\\T\\", "&"), ("\\R\\", "~"), ("\\E\\", "\\"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedInstitution:
    """An author's institution; `oid` is empty where the sender wrote none."""

    name: str
    oid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One document. `…_dtm` is what the sender wrote, in UTC."""

    unique_id: str
    title: str
    type: str
    created: str
    created_dtm: str
    event: str
    event_dtm: str
    institutions: tuple[ListedInstitution, ...]
    mime_type: str
    size: int | None


def listed(entry: DocumentEntry) -> Listed:
    """The line of the list that tells of this entry."""
    named = (name for author in entry.authors for name in author.institutions)
    return Listed(
        unique_id=entry.unique_id,
        title=entry.title[0].value if entry.title else "",
        type=entry.type_code.code if entry.type_code else "",
        created=time_in_korea(entry.creation_time or ""),
        created_dtm=entry.creation_time or "",
        event=time_in_korea(entry.service_start_time or ""),
        event_dtm=entry.service_start_time or "",
        institutions=tuple(map(institution_of, named)),
        mime_type=entry.mime_type,
        size=entry.size,
    )


def time_in_korea(dtm: str) -> str:
    """The time with its date and zone (ISO 8601); a day, a month or a year stays what it is."""
    if len(dtm) <= _DAY:
        return "-".join(filter(None, (dtm[:4], dtm[4:6], dtm[6:])))
    try:
        return earliest(dtm).astimezone(KST).isoformat()
    except (InvalidDtm, OverflowError):
        return dtm


def institution_of(xon: str) -> ListedInstitution:
    """The name and OID of an XON."""
    parts = xon.split("^")
    oid = parts[_XON_OID] if len(parts) > _XON_OID else ""
    return ListedInstitution(name=_plain(parts[0]), oid=oid)


def _plain(text: str) -> str:
    for escape, character in _ESCAPED:  # HL7 v2.5 section 2.7; the escape itself comes last.
        text = text.replace(escape, character)
    return text
