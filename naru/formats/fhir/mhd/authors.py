"""Author (ITI TF-3 4.2.3.2.1) beside the resources to which `author` and `source` refer.

An author who has a role or a place of work is a PractitionerRole; FHIR gives it one organisation,
so each further one is an author of its own.
"""

from collections.abc import Iterable
from typing import Any

from naru.domain.codes import Code
from naru.domain.hl7_v2_names import component, escape, unescape
from naru.domain.xds import Author
from naru.formats.fhir.mhd import codes, parties
from naru.formats.fhir.mhd.element import Element, filled
from naru.formats.fhir.mhd.references import Contained, References

_PERSONS = {"Practitioner", "Patient", "RelatedPerson", "Device"}


def from_reference(reference: Element, holder: Element, known: References) -> Author:
    """The author to whom a Reference within `holder` leads."""
    resource = known.find(reference, holder)
    if resource is None:
        return _described(reference)
    if resource.type == "Organization":
        return Author(
            institutions=(parties.organization(resource),),
            telecommunications=parties.telecommunications(resource),
        )
    if resource.type == "PractitionerRole":
        return _role(resource, holder, known)
    if resource.type not in _PERSONS:
        raise reference.invalid("must lead to a person, organisation or device", "reference")
    return Author(
        person=parties.person(resource), telecommunications=parties.telecommunications(resource)
    )


def _described(reference: Element) -> Author:
    told = parties.described(reference)
    if told is None:
        raise reference.invalid("must lead to a resource in the Bundle or on this server")
    if parties.is_organization(reference):
        return Author(institutions=(told,))
    return Author(person=told)


def _role(role: Element, holder: Element, known: References) -> Author:
    # What a role contains refers within the resource that contains the role itself.
    person = _of_role(role, "practitioner", holder, known)
    works = _of_role(role, "organization", holder, known)
    return Author(
        person=person.person,
        institutions=works.institutions,
        roles=_strings(role, "code"),
        specialties=_strings(role, "specialty"),
        telecommunications=(
            *person.telecommunications,
            *parties.telecommunications(role),
        ),
    )


def _of_role(role: Element, name: str, holder: Element, known: References) -> Author:
    reference = role.child(name)
    if reference is None:
        return Author()
    resource = known.find(reference, holder)
    # A role leads to no other role, least of all in a circle.
    if resource is not None and resource.type.lower() != name:
        raise role.invalid(f"must lead to a {name}", name)
    return from_reference(reference, holder, known)


def _strings(role: Element, name: str) -> tuple[str, ...]:
    """Coded strings, or words where no coding has a system (ITI TF-3 4.2.3.1.4.2, .3)."""
    return tuple(text for text in map(_string, role.children(name)) if text)


def _string(concept: Element) -> str | None:
    for coding in concept.children("coding"):
        named, code = coding.text("system"), coding.text("code")
        if named and code:
            scheme = codes.scheme(named)
            return f"{escape(code)}^^^&{escape(scheme)}&ISO"
    codings = concept.children("coding")
    written = concept.text("text") or next((one.text("code") for one in codings), None)
    return escape(written) if written else None


def to_references(authors: Iterable[Author], contained: Contained) -> list[dict[str, Any]]:
    """References to contained resources for all that the authors say."""
    return [one for author in authors for one in _to_references(author, contained)]


def _to_references(author: Author, contained: Contained) -> list[dict[str, Any]]:
    first, *others = author.institutions or ("",)
    further = [contained.add("Organization", parties.to_organization(one)) for one in others]
    qualified = bool(author.roles or author.specialties)
    has_person = author.person is not None
    if first and not (has_person or qualified):
        place = parties.to_organization(first, author.telecommunications)
        return [contained.add("Organization", place), *further]
    if not (first or qualified):
        return [_to_person(author, contained)]
    role = filled(
        practitioner=_to_person(author, contained) if has_person else None,
        organization=contained.add("Organization", parties.to_organization(first))
        if first
        else None,
        code=[*map(_to_concept, author.roles)],
        specialty=[*map(_to_concept, author.specialties)],
        telecom=None if has_person else parties.to_telecoms(author.telecommunications),
    )
    return [contained.add("PractitionerRole", role), *further]


def _to_person(author: Author, contained: Contained) -> dict[str, Any]:
    return contained.add(
        "Practitioner", parties.to_person(author.person, author.telecommunications)
    )


def _to_concept(text: str) -> dict[str, Any]:
    parts = text.split("^")
    scheme = unescape(component(component(parts, 3).split("&"), 1))
    if component(parts, 0) and scheme:
        return {"coding": [codes.to_coding(Code(unescape(parts[0]), scheme))]}
    return {"text": unescape(text)}
