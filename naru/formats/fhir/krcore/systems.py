"""Codes of a document's values beside FHIR's: the short name of a code system and its URL."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import quote, unquote

from naru.domain.clinical import Coding
from naru.domain.terminology import System, code_system, named
from naru.formats.fhir.krcore import own_extensions as own
from naru.formats.fhir.krcore.frame import absent
from naru.formats.fhir.krcore.profiles import OURS
from naru.formats.fhir.krcore.reading import child, each, word
from naru.formats.fhir.resource import Resource

UCUM: Final = "http://unitsofmeasure.org"
LOINC: Final = "http://loinc.org"
V2: Final = "http://terminology.hl7.org/CodeSystem/v2-"
V3: Final = "http://terminology.hl7.org/CodeSystem/v3-"

_PLACEHOLDER: Final = f"{OURS}/CodeSystem/"
_EDI: Final = {System.EDI_PROCEDURE, System.EDI_MEDICATION, System.EDI_MATERIAL}


@dataclass(frozen=True, slots=True)
class _Written:
    """A code as its document has it."""

    code: str


_KCD: Final = {System.KCD_8, System.KCD_9}


def url_of(short: str, prefer: System | None = None) -> str:
    """The URL of a system by its short name; `prefer` tells which of several of one name."""
    found = {one.name: one for one in named(short.lower())}
    if found:
        preferred = found.get(prefer) if prefer else None
        return (preferred or next(iter(found.values()))).url
    return short if ":" in short else _PLACEHOLDER + quote(short, safe="")


def short_of(url: str) -> str:
    """The short name of a system by its URL."""
    found = {one.name for one in named(url)}
    if found:
        return "EDI" if found & _EDI else next(iter(found)).value.upper()
    if url.startswith(_PLACEHOLDER):
        return unquote(url[len(_PLACEHOLDER) :])
    return url


def kcd(on: date) -> System:
    """The revision of KCD in force: KR Core 2.0.0 knows the eighth alone, the law the ninth."""
    ninth = code_system(System.KCD_9)
    return System.KCD_9 if ninth.in_force.holds(on) else System.KCD_8


def coding(system: System, code: str, display: str = "") -> Resource:
    """One code as its system is written in FHIR."""
    known = code_system(system)
    return _coding(known.url, known.written(code), display, code)


def of_url(url: str, code: str, display: str = "") -> Resource:
    """One code of a system by its URL, as it was written."""
    return _coding(url, code, display, code)


def _coding(url: str, code: str, display: str, said: str) -> Resource:
    """FHIR allows no blanks around a code: what the document said stands beside it then."""
    fit = " ".join(code.split())
    told: Resource = {}
    if _as_said(url, fit) != said:
        own.CODE_AS_WRITTEN.tell(told, _Written(code=said))
    told |= {"system": url, "code": fit}
    return told | {"display": display} if display.strip() else told


def _as_said(url: str, code: str) -> str:
    """A code as documents write it: `E119`, which FHIR writes `E11.9`; any other as it stands."""
    for one in named(url):
        bare = one.canonical(code)
        if one.dot_after and one.written(bare) == code:
            return bare
    return code


def concept(codings: Iterable[Resource], text: str) -> Resource:
    """A CodeableConcept; where nothing at all was said, it says so."""
    told: Resource = {}
    if found := [*codings]:
        told["coding"] = found
    if text.strip():
        told["text"] = text
    elif any("display" in one for one in found):
        told["_text"] = absent()  # Else a reader would take a term of its codes for its name.
    return told or absent()


def name_of(concept: Any) -> str:
    """What a CodeableConcept is called; "" where whoever wrote it says that it was not named."""
    told = child(concept)
    if child(told, "_text", "extension"):
        return word(told, "text")
    return word(told, "text") or word(told, "coding", "display")


def translations(codings: Iterable[Coding], prefer: System | None = None) -> Iterator[Resource]:
    """The same concept in other systems."""
    for one in codings:
        if one.code.strip():
            yield of_url(url_of(one.system, prefer), one.code, one.display)


def codings_of(concept: Any) -> tuple[Coding, ...]:
    """Every coding of a CodeableConcept, by short names, as sent."""
    return tuple(
        Coding(short_of(word(one, "system")), _said(one), word(one, "display"))
        for one in each(concept, "coding")
        if word(one, "code")
    )


def _said(coding: Resource) -> str:
    written = own.CODE_AS_WRITTEN.read(coding).get("code")
    return written or _as_said(word(coding, "system"), word(coding, "code"))


def parted(found: tuple[Coding, ...], *systems: System) -> tuple[Coding | None, tuple[Coding, ...]]:
    """The first coding of one of the systems, and the others."""
    shorts = {short_of(code_system(one).url) for one in systems}
    for place, one in enumerate(found):
        if one.system in shorts:
            return one, (*found[:place], *found[place + 1 :])
    return None, found


def is_kcd(coding: Coding) -> bool:
    """Whether it is of any revision of KCD."""
    return coding.system in {one.value.upper() for one in _KCD}
