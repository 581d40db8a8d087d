"""Section by section, whoever wrote the document: by our form, else by what the section means."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from lxml.etree import _Element

from naru.domain.clinical import Authorship, Content, Drinking, Patient
from naru.domain.consent_document import ConsentDocument
from naru.domain.papers import Paper, content_of, encounter_of
from naru.domain.person import Gender
from naru.formats.cda.authorship import read_authorship
from naru.formats.cda.body import read_section
from naru.formats.cda.consent import CONSENTS, is_consent, read_consent_in
from naru.formats.cda.datatypes import (
    address_of,
    attribute_of,
    hl7,
    path,
    read_date,
    read_instant,
    telephone_of,
    words_of,
)
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.foreign.allergies import read_allergies
from naru.formats.cda.foreign.immunizations import read_immunizations
from naru.formats.cda.foreign.medications import read_medications
from naru.formats.cda.foreign.problems import read_problems
from naru.formats.cda.foreign.procedures import read_procedures
from naru.formats.cda.foreign.results import read_results
from naru.formats.cda.foreign.social_history import read_social_history
from naru.formats.cda.foreign.understood import Understood
from naru.formats.cda.foreign.vital_signs import read_vital_signs
from naru.formats.cda.foreign.walk import Walk, plain, tables
from naru.formats.cda.foreign.words import name_of, narrative_of
from naru.formats.cda.forms import DocumentForm, Forms, known
from naru.formats.cda.header import form_of, parse_document
from naru.formats.cda.papers import is_paper, paper_form, read_values

Reader = Callable[[Walk, _Element], Iterator[Any]]
_READERS: Final[Mapping[str, Reader]] = {
    "vital_signs": read_vital_signs,
    "diagnoses": read_problems,
    "medications": read_medications,
    "discharge_medications": read_medications,
    "test_results": read_results,
    "procedures": read_procedures,
    "allergies": read_allergies,
    "immunizations": read_immunizations,
    "social_history": read_social_history,
}
_DAY: Final = len("20261120")
_FALLBACK: Final = "summary"
"""The form whose names of code systems and units a document of nobody's form is read with."""


def read_content(octets: bytes, among: Forms | None = None) -> Understood:
    """What can be read of any CDA. Raises CdaRefused or XmlRefused where it is none."""
    root, some = parse_document(octets), among or known()
    ours = _ours(some, root)
    paper, consent = _paper(root), _consent(root)
    made = _made(root)
    walk = Walk(root, ours or some.newest(_FALLBACK), made)
    author = name_of(root, "author", "assignedAuthor", "assignedPerson", "name")
    authorship = read_authorship(root, author, ours=bool(ours or paper))
    if paper is not None and authorship is not None:
        authorship = replace(authorship, encounter=encounter_of(paper))
    if consent is not None:
        authorship = Authorship(custodian=consent.header.custodian, author=consent.author)
    return Understood(
        kind="" if ours is None else ours.kind,
        id=attribute_of(root, "id", name="root"),
        number=attribute_of(root, "id", name="extension"),
        title=plain(words_of(root.find(hl7("title")))),
        time=made,
        patient=_patient(walk),
        author=author,
        authorship=authorship,
        content=_said(walk, ours, paper) if consent is None else Content(),
        paper=paper,
        consent=consent,
        unread=tuple(walk.unread),
    )


def _content(walk: Walk, ours: DocumentForm | None) -> Content:
    said: dict[str, Any] = {}
    for section in walk.root.iter(hl7("section")):
        for name, value in _section(walk, ours, section):
            _add(walk, section, said, name, value)
    return Content(**said)


def _said(walk: Walk, ours: DocumentForm | None, paper: Paper | None) -> Content:
    return _content(walk, ours) if paper is None else content_of(paper)


def _consent(root: _Element) -> ConsentDocument | None:
    """A consent or withdrawal; None of another document, and of one that breaks its form."""
    if not is_consent(root):
        return None
    try:
        return read_consent_in(root, form_of(known(), root, *CONSENTS))
    except CdaRefused:
        return None


def _paper(root: _Element) -> Paper | None:
    """One of our papers; None of another document, and of a paper that breaks its form."""
    if not is_paper(root):
        return None
    try:
        return read_values(root, paper_form(root))
    except CdaRefused:
        return None


def _ours(some: Forms, root: _Element) -> DocumentForm | None:
    try:
        return form_of(some, root, *(each.kind for each in some if each.sections))
    except CdaRefused:
        return None


def _made(root: _Element) -> datetime | None:
    text = attribute_of(root, "effectiveTime", name="value")
    try:
        return read_instant(f"{text}0000" if len(text) == _DAY else text)
    except CdaRefused:
        return None


def _add(walk: Walk, section: _Element, said: dict[str, Any], name: str, value: Any) -> None:
    if isinstance(value, tuple):
        said[name] = (*said.get(name, ()), *value)
    elif isinstance(value, str):
        said[name] = "\n".join(filter(None, (said.get(name, ""), value)))
    elif name in said:
        walk.miss(section, "한 번만 적을 것이 두 번 있어 첫째만 읽었습니다.")
    else:
        said[name] = value


def _section(walk: Walk, ours: DocumentForm | None, section: _Element) -> Iterator[tuple[str, Any]]:
    code = attribute_of(section, "code", name="code")
    forms = () if ours is None else ours.sections
    form = next((each for each in forms if each.code == code), None)
    if ours is not None and form is not None:
        try:
            yield from read_section(ours, form, section).items()
        except CdaRefused:
            walk.miss(section, "서식대로 적히지 않아 읽을 수 있는 것만 읽었습니다.")
        else:
            return
    yield from _foreign(walk, code, section)


def _foreign(walk: Walk, code: str, section: _Element) -> Iterator[tuple[str, Any]]:
    kind, text = tables()["sections"].get(code, ""), tables()["texts"].get(code, "")
    inside = (entry.iterchildren("{*}*") for entry in section.iterchildren(hl7("entry")))
    statements = [found for each in inside if (found := next(each, None)) is not None]
    if kind and statements:
        for statement in statements:
            yield from _listed(kind, tuple(_READERS[kind](walk, statement)))
        return
    words = "" if section.get("nullFlavor") else narrative_of(section.find(hl7("text")))
    if text:
        yield text, words
    elif words and kind:
        walk.miss(section, "글로만 적혀 있어 항목으로 읽지 않았습니다.")
    elif words or statements:
        walk.miss(section, "이 구역은 읽지 않았습니다.")


def _listed(kind: str, items: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    if kind != "social_history":
        yield kind, items
        return
    for item in items:
        yield "drinking" if isinstance(item, Drinking) else "smoking", (item,)


def _patient(walk: Walk) -> Patient | None:
    role = walk.root.find(path("recordTarget", "patientRole"))
    if role is None:
        return None
    sex = attribute_of(role, "patient", "administrativeGenderCode", name="code")
    try:
        born = read_date(attribute_of(role, "patient", "birthTime", name="value"))
    except CdaRefused:
        walk.miss(role, "환자의 생년월일을 읽을 수 없습니다.")
        return None
    return Patient(
        mrn=attribute_of(role, "id", name="extension"),
        name=name_of(role, "patient", "name"),
        birth_date=born,
        sex=Gender(sex) if sex in set(Gender) else Gender.UNDIFFERENTIATED,
        telephone=telephone_of(role),
        address=plain(words_of(role.find(hl7("addr")))) or address_of(role),
    )
