"""intendedRecipient (ITI TF-3 4.2.3.3.7) beside the ihe-intendedRecipient extensions.

The extension leads to a person or to an organisation; a recipient who is a person at an
organisation is a contained PractitionerRole, which tells both.
"""

from collections.abc import Iterable
from typing import Any

from naru.domain.xds import Author
from naru.formats.fhir.mhd import authors, parties, profiles
from naru.formats.fhir.mhd.element import Element
from naru.formats.fhir.mhd.references import Contained, References


def from_fhir(resource: Element, known: References) -> tuple[str, ...]:
    """`organization|person|telecommunication` of each recipient."""
    found = []
    for extension in resource.extensions(profiles.INTENDED_RECIPIENT):
        reference = extension.child("valueReference")
        if reference is None:
            raise extension.invalid("is required", "valueReference")
        found.append(_recipient(authors.from_reference(reference, resource, known), reference))
    return tuple(found)


def _recipient(author: Author, reference: Element) -> str:
    organization = author.institutions[0] if author.institutions else ""
    telecom = author.telecommunications[0] if author.telecommunications else ""
    person = author.person or ""
    if not (organization or person) and telecom:
        # ITI TF-3 4.2.3.3.7 asks for one of the two: a mail box is known by its address.
        person = f"^{telecom.rpartition('^')[2]}"
    if not (organization or person):
        raise reference.invalid("must lead to a recipient with a name or an identifier")
    return f"{organization}|{person}|{telecom}".rstrip("|")


def to_fhir(recipients: Iterable[str], contained: Contained) -> list[dict[str, Any]]:
    """One extension for each recipient."""
    return [
        {"url": profiles.INTENDED_RECIPIENT, "valueReference": _to_reference(one, contained)}
        for one in recipients
    ]


def _to_reference(recipient: str, contained: Contained) -> dict[str, Any]:
    organization, person, telecom = (*recipient.split("|"), "", "")[:3]
    telecoms = (telecom,) if telecom else ()
    if organization and not person:
        return contained.add("Organization", parties.to_organization(organization, telecoms))
    if person and not organization:
        return contained.add("Practitioner", parties.to_person(person, telecoms))
    role = {
        "practitioner": contained.add("Practitioner", parties.to_person(person, telecoms)),
        "organization": contained.add("Organization", parties.to_organization(organization)),
    }
    return contained.add("PractitionerRole", role)
