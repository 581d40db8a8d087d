"""Who answers for a document, and the visit of which it tells, as the resources of its frame."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID, uuid5

from naru.domain.clinical import Authorship, CareInstitution, Practitioner
from naru.domain.identifiers import is_oid
from naru.formats.fhir.krcore.encounter import to_encounter
from naru.formats.fhir.krcore.frame import Frame
from naru.formats.fhir.krcore.organization import to_organization
from naru.formats.fhir.krcore.practitioner import to_practitioner, to_practitioner_role
from naru.formats.fhir.resource import Resource

_SHARED: Final = UUID("5d0f6c52-6b6e-5b1f-8d0e-6f6d1f0a7c43")
"""Under which those who wrote several documents are named."""


def to_authorship(frame: Frame, authorship: Authorship) -> list[Resource]:
    """The Organization first, the author and the Encounter; the frame refers to them from then."""
    custodian = to_organization(frame, authorship.custodian, "custodian")
    if authorship.encounter is not None:
        frame.encounter = to_encounter(frame, authorship.encounter, custodian)
    people: list[Resource] = []
    if authorship.author is not None:
        people = to_person(frame, authorship.author, authorship.custodian, custodian, "author")
        frame.author = people[-1]
    visit = [] if frame.encounter is None else [frame.encounter]
    return [custodian, *people, *visit]


def shared_ids(
    sender: UUID | None, authorship: Authorship | None, authored: Iterable[Resource]
) -> dict[str, str]:
    """The ids by which an institution and its author are the same in all documents of a sender.

    The institution by its OID, the author by the number that it gave, under one name: a number
    alone may have been given again, and a name alone is nobody's. Whoever has neither stays apart.
    """
    if sender is None or authorship is None or not is_oid(authorship.custodian.oid):
        return {}
    institution = f"{sender} {authorship.custodian.oid}"
    keys = {"Organization": institution}
    author = authorship.author
    if author is not None and author.id.strip():
        person = f"{institution} {author.id!r} {author.name!r}"
        keys |= {"Practitioner": person, "PractitionerRole": f"{person} {author.department!r}"}
    return {
        one["id"]: str(uuid5(_SHARED, f"{kind} {keys[kind]}"))
        for one in authored
        if (kind := one["resourceType"]) in keys
    }


def to_person(
    frame: Frame, person: Practitioner, of: CareInstitution, organization: Resource, place: str
) -> list[Resource]:
    """Who speaks for a document, last in their role where the department is known."""
    practitioner = to_practitioner(frame, person, of, place)
    role = to_practitioner_role(frame, person, practitioner, organization, place)
    return [practitioner] if role is None else [practitioner, role]
