"""krcore-practitioner and krcore-practitioner-role beside a doctor and their department.

The number is the institution's own. The profiles of medical doctors demand a licence, which papers
alone name: `licence` tells it then and claims them.
"""

from collections.abc import Iterator

from naru.domain.clinical import CareInstitution, Department, Practitioner
from naru.domain.terminology import System, code_system
from naru.formats.fhir.identifier import system_of
from naru.formats.fhir.krcore.frame import Frame, put, reference
from naru.formats.fhir.krcore.profiles import Profile
from naru.formats.fhir.krcore.reading import child, word
from naru.formats.fhir.krcore.systems import coding, codings_of, concept, name_of, of_url, url_of
from naru.formats.fhir.resource import Resource


def to_practitioner(
    frame: Frame, person: Practitioner, of: CareInstitution, place: str
) -> Resource:
    """The Practitioner, by the number under which the institution knows them."""
    told = frame.new("Practitioner", place, Profile.PRACTITIONER)
    if person.id.strip():
        number: Resource = {}
        put(number, "system", system_of(of.oid))
        told["identifier"] = [number | {"value": person.id}]
    name: Resource = {}
    put(name, "text", person.name, required=True)
    told["name"] = [name]
    if person.telephone.strip():
        told["telecom"] = [{"system": "phone", "value": person.telephone}]
    return told


def to_practitioner_role(
    frame: Frame, person: Practitioner, practitioner: Resource, organization: Resource, place: str
) -> Resource | None:
    """The PractitionerRole that tells the department; None where it is not known."""
    if person.department is None:
        return None
    told = frame.new("PractitionerRole", place, Profile.PRACTITIONER_ROLE)
    told["practitioner"] = reference(practitioner)
    told["organization"] = reference(organization)
    told["specialty"] = [to_specialty(person.department)]
    return told


def to_specialty(department: Department) -> Resource:
    """A department by the codes of HIRA, or of the exchange where it is one of those."""
    codes = [*_codes(department.code, department.name)] if department.code.strip() else []
    return concept(codes, department.name)


def from_specialty(told: Resource) -> Department | None:
    """The department."""
    if not told:
        return None
    codes = codings_of(told)
    return Department(code=codes[0].code if codes else "", name=name_of(told))


def from_practitioner(resource: Resource, role: Resource) -> Practitioner:
    """The doctor; `role` is empty where none was told."""
    return Practitioner(
        id=word(resource, "identifier", "value"),
        name=word(resource, "name", "text"),
        department=from_specialty(child(role, "specialty")),
        telephone=word(resource, "telecom", "value"),
    )


def _codes(code: str, name: str) -> Iterator[Resource]:
    for system in (System.HIRA_DEPARTMENT, System.HIE_DEPARTMENT):
        if code_system(system).has_form(code):
            yield coding(system, code, name)
            return
    yield of_url(url_of("HIRA"), code, name)
