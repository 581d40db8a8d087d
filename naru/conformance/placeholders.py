"""Symbols in a case's files: where their values come from, and what the runner assigns itself."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.conformance.library import Library
from naru.conformance.plan import Step, StepKey, Use
from naru.conformance.session import Log, NotAttempted, Session
from naru.conformance.xpath import first_text
from naru.domain.identifiers import new_uuid_urn
from naru.formats.ebxml import namespaces as ns

SYMBOL: Final = re.compile(r"\$[A-Za-z0-9_.-]+\$")
_PATIENT: Final = re.compile(r"\$(alt)?patient_?id\w*\$", re.IGNORECASE)
_POINTERS: Final = (
    "id",
    "lid",
    "classifiedObject",
    "registryObject",
    "sourceObject",
    "targetObject",
)
SOURCE_ID: Final = "2.999.1.3.6"
"""The submitter; an OID of the arc for examples."""

DOCUMENT_UNIQUE_ID: Final = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
FOLDER_UNIQUE_ID: Final = "urn:uuid:75df8f67-9973-4fbe-a900-df66cefecc5a"
SET_UNIQUE_ID: Final = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"
SET_SOURCE_ID: Final = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
_UNIQUE_IDS: Final = frozenset({DOCUMENT_UNIQUE_ID, FOLDER_UNIQUE_ID, SET_UNIQUE_ID})
_PATIENT_IDS: Final = frozenset({
    "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427",
    "urn:uuid:f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a",
    "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446",
})  # fmt: skip


def substitute(root: _Element, values: Mapping[str, str]) -> None:
    """Put the values in the place of their symbols, in texts and attributes."""
    longest_first = sorted(values, key=len, reverse=True)
    for element in root.iter(etree.Element):
        if element.text:
            element.text = _replaced(element.text, longest_first, values)
        for name, value in element.attrib.items():
            element.set(name, _replaced(str(value), longest_first, values))


def _replaced(text: str, symbols: list[str], values: Mapping[str, str]) -> str:
    for symbol in symbols:
        if symbol in text:
            text = text.replace(symbol, values[symbol])
    return text


def left_over(root: _Element) -> list[str]:
    """The symbols that still stand in texts and attributes."""
    found: dict[str, None] = {}
    for element in root.iter(etree.Element):
        for text in (element.text or "", *map(str, element.attrib.values())):
            found.update(dict.fromkeys(SYMBOL.findall(text)))
    return list(found)


class Values:
    """Finds the values of a step's symbols in what earlier steps left behind."""

    def __init__(self, library: Library, session: Session) -> None:
        self._library = library
        self._session = session

    def of(self, step: Step) -> dict[str, str]:
        """By symbol. Raises NotAttempted where a value is not there."""
        return {use.symbol: self.value(step, use) for use in step.uses if use.symbol}

    def value(self, step: Step, use: Use) -> str:
        """What one instruction gives."""
        key = self._library.resolve(step, use.where)
        if key is None:
            raise NotAttempted(f"{use.kind} points to a step that is not in the case set")
        log = self._session.logs.get(key)
        if log is None:
            raise NotAttempted(f"{use.kind} points to step {key}, which was not carried out")
        found = self._look_up(key, log, use)
        if not found:
            raise NotAttempted(f"step {key} left no {use.section} {use.name}".replace("  ", " "))
        return found

    def _look_up(self, key: StepKey, log: Log, use: Use) -> str | None:
        if use.kind == "UseReport":
            return log.reports.get(use.name)
        if use.kind == "UseId":
            return log.assigned.get(use.section, {}).get(use.name)
        if use.kind == "UseXPath":
            return first_text(self._session.sections[key.test, key.section], use.expression)
        slots = "//*[local-name()='Slot'][@name='repositoryUniqueId']//*[local-name()='Value']"
        return first_text(log.element, f".{slots}")


def fill_patients(
    root: _Element, step: Step, session: Session, feed: Callable[[str], None]
) -> None:
    """Give a patient of the test's own to every symbol that names one and that nothing gave."""
    for symbol in left_over(root):
        if not _PATIENT.fullmatch(symbol):
            continue
        place = (step.key.test, symbol)
        if place not in session.own_patients:
            fresh = session.new_patient_id()
            feed(fresh)
            session.own_patients[place] = fresh
        substitute(root, {symbol: session.own_patients[place]})


def assign(root: _Element, step: Step, session: Session, log: Log, patient: str | None) -> None:
    """What a document source makes anew for each submission; `patient` is put in where given."""
    if patient is not None:
        log.assigned["AssignedPatientId"] = _assign(root, _PATIENT_IDS, lambda: patient)
    log.assigned["AssignedUids"] = _unique_ids(root, step, session)
    _assign(root, frozenset({SET_SOURCE_ID}), lambda: SOURCE_ID)
    log.reports |= {f"{id_}_uid": uid for id_, uid in log.assigned["AssignedUids"].items()}
    if "AssignUuids" in step.flags:
        log.assigned["AssignedUuids"] = uuids = _assign_uuids(root)
        log.reports |= {f"{id_}_uuid": uuid for id_, uuid in uuids.items()}


def _unique_ids(root: _Element, step: Step, session: Session) -> dict[str, str]:
    if "NoAssignUids" in step.flags and not step.no_unique_id_for:
        return {}
    schemes = _UNIQUE_IDS - step.keep_schemes
    made = _assign(root, schemes, session.new_unique_id, except_for=step.no_unique_id_for)
    kept = _assign(root, _UNIQUE_IDS & step.keep_schemes, None)
    return made | kept


def _assign(
    root: _Element,
    schemes: frozenset[str],
    make: Callable[[], str] | None,
    except_for: str | None = None,
) -> dict[str, str]:
    """By the object's id the value that it has now; without `make` the one it had."""
    given = {}
    for element in _identifiers(root, schemes):
        owner = element.getparent()
        name = "" if owner is None else owner.get("id", "")
        if except_for is not None and name == except_for:
            continue
        if make is not None:
            element.set("value", make())
        given[name] = element.get("value", "")
    return given


def _identifiers(root: _Element, schemes: frozenset[str]) -> Iterator[_Element]:
    for element in root.iter("{*}ExternalIdentifier"):
        if element.get("identificationScheme") in schemes:
            yield element


def patients_in(root: _Element) -> list[str]:
    """The patients whom a submission names, as CX; symbols without a value are left out."""
    found = (one.get("value", "") for one in _identifiers(root, _PATIENT_IDS))
    return list(dict.fromkeys(one for one in found if one and not SYMBOL.search(one)))


def _assign_uuids(root: _Element) -> dict[str, str]:
    """A UUID for each symbolic id (ITI TF-3 4.2.3.1.7), at each place that points to it."""
    symbolic = {
        element.get("id", ""): new_uuid_urn()
        for element in root.iter(etree.Element)
        if element.get("id")
        and not element.get("id", "").startswith("urn:uuid:")
        and element.tag != f"{{{ns.XDSB}}}Document"
    }
    for element in root.iter(etree.Element):
        for name in _POINTERS:
            if element.get(name) in symbolic:
                element.set(name, symbolic[element.get(name, "")])
    return symbolic
