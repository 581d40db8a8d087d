"""The head of a document (CDA R2, section 4.2): who, what, when, to whom, in answer to what."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, cast

from lxml import etree
from lxml.etree import _Element

from naru.formats.cda.datatypes import hl7, path
from naru.formats.cda.show.limits import MOST_FACTS
from naru.formats.cda.show.opening import Open
from naru.formats.cda.show.shown import Fact, Head, Study
from naru.formats.cda.show.telling import (
    address_of,
    coded_of,
    first,
    identifier_of,
    moment,
    name_of,
    short,
    telephones_of,
    time_of,
    whole_identifier,
    words_of,
)
from naru.formats.cda.show.words import Words
from naru.formats.xml.namespaces import HL7V3

# DCM 113014 is a study of the DICOM Object Catalog section (PS3.20 A.1).
_CATALOGUED: Final = etree.XPath(
    "//h:act[h:code/@code = '113014']/h:id/@root", namespaces={"h": HL7V3}, smart_strings=False
)
_LEADS_TO_IMAGES: Final = etree.XPath(
    "//h:reference[h:externalObservation/@classCode = 'DGIMG' or h:externalAct/h:id/@extension]/..",
    namespaces={"h": HL7V3},
)


def head(opened: Open, words: Words) -> Head:
    """What stands above the sections. Nothing is required: what is absent is not told."""
    root = opened.root
    kind, studies = _kind(root, words), tuple(islice(_studies(opened), MOST_FACTS))
    title = words_of(first(root, "title")) or kind or words("untitled")
    return Head(
        title=title,
        kind="" if kind == title else kind,
        patient=_patient(root, words),
        id=whole_identifier(first(root, "id")),
        time=time_of(first(root, "effectiveTime"), words),
        facts=tuple(_facts(root, words, studies)),
        more=tuple(_more(root, words, studies)),
        studies=studies,
    )


def _kind(root: _Element, words: Words) -> str:
    for template in root.iterchildren(hl7("templateId")):
        if told := words.kind(template.get("root", "")):
            return told
    code = first(root, "code")
    known = "" if code is None else words.kind(code.get("code", ""))
    return known or coded_of(code)


def _patient(root: _Element, words: Words) -> tuple[str, ...]:
    role = first(root, "recordTarget", "patientRole")
    if role is None:
        return ()
    person = first(role, "patient")
    told = [name_of(person) or words("unnamed")]
    if person is not None:
        sex = first(person, "administrativeGenderCode")
        code = "" if sex is None else sex.get("code", "")
        told.append(words(f"sex_{code}") if code in {"M", "F"} else "")
        birth = first(person, "birthTime")
        told.append("" if birth is None else moment(birth.get("value", ""))[:10])
    return tuple(one for one in told if one)


def _facts(root: _Element, words: Words, studies: Sequence[Study]) -> Iterator[Fact]:
    yield from _told(words("author"), (_author(one, words) for one in _each(root, "author")))
    yield from _told(words("institution"), [_institution(root)])
    yield from _told(words("written"), [time_of(first(root, "effectiveTime"), words)])
    yield from _told(words("visit"), [_visit(root, words)])
    yield from _told(words("recipient"), map(_recipient, _each(root, "informationRecipient")))
    yield from _told(words("answers"), _answered(root))
    yield from _told(words("replaces"), _related(root, "RPLC"))
    yield from _told(words("appends"), _related(root, "APND"))
    if _is_imaging(root):
        yield from _images(studies, words)


def _more(root: _Element, words: Words, studies: Sequence[Study]) -> Iterator[Fact]:
    role = first(root, "recordTarget", "patientRole")
    if role is not None:
        yield from _told(words("patient_ids"), map(identifier_of, _each(role, "id")))
        yield from _told(words("patient_telephone"), [telephones_of(role)])
        yield from _told(words("patient_address"), [address_of(role)])
        guardians = role.iterfind(path("patient", "guardian"))
        yield from _told(words("guardian"), map(_guardian, guardians))
    custodian = _custodian(root)
    if custodian is not None:
        yield from _told(words("institution_ids"), map(identifier_of, _each(custodian, "id")))
        yield from _told(words("institution_address"), [address_of(custodian)])
    yield from _told(
        words("authenticated"),
        (
            _signed(one, words)
            for name in ("legalAuthenticator", "authenticator")
            for one in _each(root, name)
        ),
    )
    if not _is_imaging(root):
        yield from _images(studies, words)
    yield from _told(words("confidentiality"), [_confidentiality(root, words)])
    yield from _told(words("number"), [whole_identifier(first(root, "id"))])
    yield from _told(words("series"), [whole_identifier(first(root, "setId"))])
    yield from _told(words("version"), [_value(root, "versionNumber")])
    yield from _told(words("transformed"), _related(root, "XFRM"))


def _told(name: str, values: Iterable[str]) -> Iterator[Fact]:
    seen: list[str] = []
    for value in values:
        if value and value not in seen:
            seen.append(value)
            yield Fact(name, value)


def _each(element: _Element, name: str) -> Iterator[_Element]:
    return islice(element.iterchildren(hl7(name)), MOST_FACTS)


def _value(root: _Element, name: str) -> str:
    element = first(root, name)
    return "" if element is None else element.get("value", "")[:40]


def _author(author: _Element, words: Words) -> str:
    assigned = first(author, "assignedAuthor")
    if assigned is None:
        return ""
    device = first(assigned, "assignedAuthoringDevice")
    who = name_of(first(assigned, "assignedPerson")) or (
        "" if device is None else _device(device, words)
    )
    institution = name_of(first(assigned, "representedOrganization"))
    return " · ".join(
        part for part in (who, coded_of(first(assigned, "code")), institution) if part
    )


def _device(device: _Element, words: Words) -> str:
    for name in ("softwareName", "manufacturerModelName"):
        if told := words_of(first(device, name)):
            return words("program", name=told)
    return ""


def _custodian(root: _Element) -> _Element | None:
    return first(root, "custodian", "assignedCustodian", "representedCustodianOrganization")


def _institution(root: _Element) -> str:
    custodian = _custodian(root)
    if custodian is None:
        return ""
    parts = (name_of(custodian), telephones_of(custodian))
    return " · ".join(part for part in parts if part)


def _recipient(recipient: _Element) -> str:
    intended = first(recipient, "intendedRecipient")
    if intended is None:
        return ""
    organization = first(intended, "receivedOrganization")
    parts = (
        name_of(organization),
        name_of(first(intended, "informationRecipient")),
        "" if organization is None else telephones_of(organization),
    )
    return " · ".join(part for part in parts if part)


def _visit(root: _Element, words: Words) -> str:
    visit = first(root, "componentOf", "encompassingEncounter")
    if visit is None:
        event = root.find(path("documentationOf", "serviceEvent", "effectiveTime"))
        return time_of(event, words)
    code = first(visit, "code")
    told = coded_of(code)
    known = "" if code is None else words.kind(code.get("code", ""))
    place = first(visit, "location", "healthCareFacility", "serviceProviderOrganization")
    parts = (known or told, time_of(first(visit, "effectiveTime"), words), name_of(place))
    return " · ".join(part for part in parts if part)


def _answered(root: _Element) -> Iterator[str]:
    for order in islice(root.iterfind(path("inFulfillmentOf", "order")), MOST_FACTS):
        yield from map(identifier_of, _each(order, "id"))


def _related(root: _Element, kind: str) -> Iterator[str]:
    for related in _each(root, "relatedDocument"):
        if related.get("typeCode") == kind:
            parents = _each(related, "parentDocument")
            yield from (whole_identifier(first(parent, "id")) for parent in parents)


def _guardian(guardian: _Element) -> str:
    parts = (
        name_of(first(guardian, "guardianPerson")),
        coded_of(first(guardian, "code")),
        telephones_of(guardian),
    )
    return " · ".join(part for part in parts if part)


def _signed(signed: _Element, words: Words) -> str:
    entity = first(signed, "assignedEntity")
    who = "" if entity is None else name_of(first(entity, "assignedPerson"))
    when = time_of(first(signed, "time"), words)
    return " · ".join(part for part in (who, when) if part)


def _confidentiality(root: _Element, words: Words) -> str:
    code = first(root, "confidentialityCode")
    given = "" if code is None else code.get("code", "")
    return words(f"confidentiality_{given}") if given in {"R", "V"} else ""


def _images(studies: Sequence[Study], words: Words) -> Iterator[Fact]:
    yield from _told(words("accession"), (one.accession for one in studies))
    yield from _told(words("study"), (one.uid for one in studies))


def _studies(opened: Open) -> Iterator[Study]:
    """The imaging studies: of entries that lead to them, else of the catalogue or the header."""
    root = opened.root
    if not (_is_imaging(root) or opened.may_hold(b"DGIMG", b"externalAct", b"113014")):
        return
    led = [_led_to(one) for one in cast("list[_Element]", _LEADS_TO_IMAGES(root))]
    accession = _accession(root)
    catalogued = dict.fromkeys(cast("list[str]", _CATALOGUED(root)))
    found = led or [Study(accession, short(uid)) for uid in catalogued]
    if found or not _is_imaging(root):
        yield from dict.fromkeys(found)
        return
    event = root.find(path("documentationOf", "serviceEvent", "id"))
    uid = "" if event is None or event.get("extension") else event.get("root", "")
    if accession or uid:
        yield Study(accession, short(uid))


def _led_to(entry: _Element) -> Study:
    order = entry.find(path("reference", "externalAct", "id"))
    images = entry.find(path("reference", "externalObservation", "id"))
    return Study(
        "" if order is None else short(order.get("extension", "")),
        "" if images is None else short(images.get("root", "")),
    )


def _is_imaging(root: _Element) -> bool:
    code = first(root, "code")
    return code is not None and code.get("code", "") in {"18748-4", "11528-7", "18782-3"}


def _accession(root: _Element) -> str:
    # PS3.20 section 7.1.5.4.1: the order's id is the accession number.
    if not _is_imaging(root):
        return ""
    order = first(root, "inFulfillmentOf", "order", "id")
    return "" if order is None else identifier_of(order)
