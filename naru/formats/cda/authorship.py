"""Who answers for a CDA, whoever wrote it, and of which visit it tells."""

from lxml.etree import _Element

from naru.domain.clinical import Authorship, CareInstitution, Encounter, EncounterKind, Practitioner
from naru.formats.cda.datatypes import attribute_of, path, read_date, read_time
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.header import read_author, read_department, read_organization


def read_authorship(root: _Element, author: str, *, ours: bool) -> Authorship | None:
    """What can be read of it; None where no institution keeps the document.

    Departments are told where the form is `ours`: others code the person's role in their place, and
    write the name in parts, so that it is handed in as `author`.
    """
    keeper = read_custodian(root)
    if keeper is None:
        return None
    return Authorship(
        custodian=keeper,
        author=_author(root) if ours else _named(root, author),
        encounter=_encounter(root, ours=ours),
    )


def read_custodian(root: _Element) -> CareInstitution | None:
    """Who keeps the document, where it says so."""
    keeper = root.find(path("custodian", "assignedCustodian", "representedCustodianOrganization"))
    return None if keeper is None else read_organization(keeper)


def read_encounter(root: _Element, *, ours: bool = True) -> Encounter | None:
    """The visit of which a document tells. Raises CdaRefused where it is of no known kind."""
    element = root.find(path("componentOf", "encompassingEncounter"))
    if element is None:
        return None
    try:
        kind = EncounterKind(attribute_of(element, "code", name="code"))
    except ValueError:
        raise CdaRefused("the encounter is of no known kind") from None
    department = element.find(path("location", "healthCareFacility", "code")) if ours else None
    until = attribute_of(element, "effectiveTime", "high", name="value")
    start = attribute_of(element, "effectiveTime", "low", name="value") if until else ""
    return Encounter(
        kind=kind,
        date=read_date(start or attribute_of(element, "effectiveTime", name="value")),
        until=read_time(until) if until else None,
        department=None if department is None else read_department(department),
    )


def _encounter(root: _Element, *, ours: bool) -> Encounter | None:
    try:
        return read_encounter(root, ours=ours)
    except CdaRefused:
        return None


def _author(root: _Element) -> Practitioner | None:
    try:
        return read_author(root)
    except CdaRefused:
        return None


def _named(root: _Element, name: str) -> Practitioner | None:
    if not name:
        return None
    return Practitioner(
        id=attribute_of(root, "author", "assignedAuthor", "id", name="extension"), name=name
    )
