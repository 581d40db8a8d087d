"""Who answers for a document, and the visit of which it tells, as the resources of its frame."""

from naru.domain.clinical import Authorship, CareInstitution, Practitioner
from naru.formats.fhir.krcore.encounter import to_encounter
from naru.formats.fhir.krcore.frame import Frame
from naru.formats.fhir.krcore.organization import to_organization
from naru.formats.fhir.krcore.practitioner import to_practitioner, to_practitioner_role
from naru.formats.fhir.resource import Resource


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


def to_person(
    frame: Frame, person: Practitioner, of: CareInstitution, organization: Resource, place: str
) -> list[Resource]:
    """Who speaks for a document, last in their role where the department is known."""
    practitioner = to_practitioner(frame, person, of, place)
    role = to_practitioner_role(frame, person, practitioner, organization, place)
    return [practitioner] if role is None else [practitioner, role]
