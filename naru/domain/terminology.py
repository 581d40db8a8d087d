"""Code systems, their concepts by date, and what is said of a code; the systems are data.

A code is kept in one form (`CodeSystem.canonical`: KCD without a dot) and shown in another
(`CodeSystem.written`). A system is named by its URL, its OID or its short name; one OID may stand
for several systems (every KCD, all of EDI), of which the day and the code tell which is meant.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final
from uuid import UUID

LONGEST_CODE: Final = 64
"""Characters of a code; the longest of any system here has 18."""

LONGEST_TERM: Final = 500
"""Characters of a term."""

TEST: Final = "TEST-"
"""What begins a made-up code."""


class System(StrEnum):
    """The short names of the code systems that are known here."""

    KOSTOM = "kostom"
    KCD_8 = "kcd-8"
    KCD_9 = "kcd-9"
    KD = "kd"
    EDI_PROCEDURE = "edi-procedure"
    EDI_MEDICATION = "edi-medication"
    EDI_MATERIAL = "edi-material"
    ICD_9_CM = "icd-9-cm"
    LOINC = "loinc"
    ATC = "atc"
    SNOMED_CT = "snomed-ct"
    HIRA_DEPARTMENT = "hira-department"
    HIE_DEPARTMENT = "hie-department"
    EGEN_DEPARTMENT = "egen-department"
    HIRA_INSTITUTION_TYPE = "hira-institution-type"
    HIRA_INSURANCE_TYPE = "hira-insurance-type"
    MOHW_QUALIFICATION = "mohw-qualification"
    KRCORE_CONDITION_CATEGORY = "krcore-condition-category"
    KRCORE_PROCEDURE_CATEGORY = "krcore-procedure-category"
    KRCORE_VACCINE = "krcore-vaccine"
    HL7_CONDITION_CATEGORY = "hl7-condition-category"


@dataclass(frozen=True, slots=True)
class Validity:
    """From a day until before another, in Korea; None is without a bound."""

    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the day lies inside."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSystem:
    """A code system as the data file tells it."""

    name: System
    number: int
    """How the database knows it, for good."""
    korean: str
    english: str
    urls: tuple[str, ...]
    """The preferred one first."""
    oids: tuple[str, ...]
    family: str
    """What shares an OID; of a system alone its own name."""
    in_force: Validity
    dated: bool
    """Whether its releases replace each other by date."""
    official: bool
    """Whether URL and form were read in an official text."""
    complete: bool
    """Whether its codes ship with Naru, rather than being loaded by its users."""
    form: str
    """A regular expression of the codes; empty where any text is one."""
    dot_after: str
    """A regular expression of what stands before the dot; empty where none is shown."""
    levels: tuple[int, ...] = ()
    """Lengths of codes, from the widest; a code stands below its beginning of the level before."""
    successor: "System | None" = None

    @property
    def url(self) -> str:
        """The one way to write it in FHIR."""
        return self.urls[0]

    @property
    def oid(self) -> str:
        """The one way to write it in CDA; empty where it has none."""
        return self.oids[0] if self.oids else ""

    def canonical(self, code: str) -> str:
        """The code as it is kept: NFC, capitals, no dot where one is shown for readers only.

        What holds a control character is no code, and becomes an empty text.
        """
        found = unicodedata.normalize("NFC", code).strip()
        if not found.isprintable():
            return ""
        if self.form:
            found = found.upper()
        if self.dot_after:
            found = found.replace(".", "").rstrip("†*")  # Dagger and asterisk are no part of it.
        return found

    def written(self, code: str) -> str:
        """The code as it is shown: `E11.9` of `E119`."""
        return _written(self.dot_after, code) if self.dot_after else code

    def parent_of(self, code: str) -> str:
        """The code that a canonical code stands below by its form; empty where there is none."""
        mark = TEST if code.startswith(TEST) else ""
        bare = code.removeprefix(mark)
        above = [level for level in self.levels if level < len(bare)]
        return mark + bare[: above[-1]] if above else ""

    def has_form(self, code: str) -> bool:
        """Whether a canonical code looks like one of the system; made-up codes do."""
        bare = code.removeprefix(TEST)
        return not self.form or re.fullmatch(self.form, bare) is not None


class Language(StrEnum):
    """In which a term is."""

    KOREAN = "ko"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Designation:
    """A term for a concept; `preferred` is the representative one (대표어), others are synonyms."""

    text: str
    language: Language
    preferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """What a code means over a time. `code` is canonical; `parent` and `replaced_by` are, too."""

    system: System
    code: str
    display: str
    """The representative term, Korean where there is one."""
    english: str = ""
    parent: str = ""
    replaced_by: str = ""
    validity: Validity = Validity()
    designations: tuple[Designation, ...] = ()
    """All terms; empty where only the concept was asked for."""

    @property
    def written(self) -> str:
        """The code as it is shown."""
        return code_system(self.system).written(self.code)


class Relation(StrEnum):
    """How a target of a map stands to its source (FHIR R4 concept-map-equivalence)."""

    EQUIVALENT = "equivalent"
    WIDER = "wider"  # The target means more.
    NARROWER = "narrower"  # The target means less.
    INEXACT = "inexact"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptMapping:
    """A concept of one system as another has it, and who says so."""

    source: System
    source_code: str
    target: System
    target_code: str
    relation: Relation
    provenance: str
    """Which release of which file says so."""
    target_display: str = ""
    validity: Validity = Validity()


class Standing(StrEnum):
    """What is said of a code on a day."""

    VALID = "valid"
    RETIRED = "retired"  # It was, or will be, valid on another day.
    UNKNOWN = "unknown"
    UNLOADED = "unloaded"  # Nobody has loaded the system here: nothing can be said.


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is said of a code, with what it means and the nearest valid codes where it is not."""

    standing: Standing
    system: System | None
    """The system that was meant; None where it is none of ours."""
    code: str
    concept: Concept | None = None
    nearest: tuple[Concept, ...] = ()
    """At most a few, the likeliest first; of a retired code above all what replaced it."""

    @property
    def valid(self) -> bool:
        """Whether the code may be used on that day."""
        return self.standing is Standing.VALID


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A concept that a search found, and the term of it that was like what was typed."""

    concept: Concept
    term: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """All concepts of a system as they are from a day on, and how others have them.

    A concept without days of its own is valid from the release's. `digest` is of the file.
    """

    system: System
    version: str
    since: date
    digest: bytes
    concepts: tuple[Concept, ...] = ()
    maps: tuple[ConceptMapping, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a release changes, or would change, in numbers of concepts; `terms` are all of them."""

    concepts: int
    terms: int
    added: int
    changed: int
    retired: int
    same: int
    maps_added: int = 0
    maps_ended: int = 0

    @property
    def nothing(self) -> bool:
        """Whether everything stands as the release says."""
        return not (
            self.added or self.changed or self.retired or self.maps_added or self.maps_ended
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRelease:
    """A release that was loaded here: when, by which account (None of the command line), how big.

    `target` is set where it holds only a map to that system.
    """

    system: System
    target: System | None
    version: str
    since: date
    loaded: datetime
    loaded_by: UUID | None
    concepts: int
    terms: int
    maps: int
    added: int
    changed: int
    retired: int


@lru_cache(maxsize=256)
def named(identifier: str) -> tuple[CodeSystem, ...]:
    """The systems that a URL, an OID (bare or as `urn:oid:`) or a short name stands for.

    Several where they share it, the newest in force first; none where it is unknown.
    """
    return _index().get(identifier.removesuffix("/"), ())


def in_force(identifier: str, on: date) -> CodeSystem | None:
    """The system that is meant on a day; of several, the first in force. None if unknown."""
    found = named(identifier)
    return next((one for one in found if one.in_force.holds(on)), found[0] if found else None)


def code_system(name: System) -> CodeSystem:
    """What is known of a system."""
    return systems()[name]


@cache
def numbered() -> Mapping[int, CodeSystem]:
    """Every system by the number under which the database knows it."""
    return {one.number: one for one in systems().values()}


@cache
def systems() -> Mapping[System, CodeSystem]:
    """Every system, in the order of the data file."""
    file = resources.files("naru.domain") / "data" / "code_systems.json"
    read = (_system(row) for row in json.loads(file.read_text("utf-8"))["systems"])
    return {one.name: one for one in read}


def _system(row: Mapping[str, Any]) -> CodeSystem:
    since, until = row.get("in_force", (None, None))
    return CodeSystem(
        name=System(str(row["name"])),
        number=int(row["number"]),
        korean=str(row["ko"]),
        english=str(row["en"]),
        urls=(str(row["url"]), *row.get("also", ())),
        oids=tuple(row["oids"]),
        family=str(row.get("family", row["name"])),
        in_force=Validity(_day(since), _day(until)),
        dated=bool(row["dated"]),
        official=row["status"] == "official",
        complete=row["content"] == "complete",
        form=str(row["form"]),
        dot_after=str(row.get("written", "")),
        levels=tuple(row.get("levels", ())),
        successor=System(str(row["successor"])) if "successor" in row else None,
    )


@cache
def _index() -> Mapping[str, tuple[CodeSystem, ...]]:
    found: dict[str, tuple[CodeSystem, ...]] = {}
    for one in reversed(tuple(systems().values())):  # The newest of a family stands last.
        ways = {one.name.value, one.family, *one.urls}
        ways |= {way for oid in one.oids for way in (oid, f"urn:oid:{oid}")}
        for way in ways:
            found[way] = (*found.get(way, ()), one)
    return found


@lru_cache(maxsize=4096)
def _written(dot_after: str, code: str) -> str:
    found = re.fullmatch(f"((?:{TEST})?{dot_after})([0-9A-Z]+)", code)
    return f"{found[1]}.{found[2]}" if found else code


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None
