"""Which form a document is of, in which version, and what its header must say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element

from naru.domain.findings import Finding
from naru.domain.person import Gender
from naru.formats.cda.forms import DocumentForm, Forms
from naru.formats.cda.rules.paths import Found, Places
from naru.formats.cda.rules.whole import Whole, code_of, templates_of

_CUSTODIAN: Final = "custodian/assignedCustodian/representedCustodianOrganization"
_PATIENT: Final = "recordTarget/patientRole"
_RECIPIENT: Final = "informationRecipient/intendedRecipient"
_AUTHOR: Final = "author/assignedAuthor"
_AUTHENTICATOR: Final = "authenticator/assignedEntity"
_SEX: Final = f"{_PATIENT}/patient/administrativeGenderCode"
_SEXES: Final = frozenset(map(str, Gender))
_ASKED: Final[Mapping[str, tuple[str, str]]] = {
    "authenticator": ("header.authenticator", "authenticator"),
    "encounter": ("header.encounter", "componentOf"),
}
"""Parts for which a form asks: the rule that is broken, and the element that is missing."""
_PERSON: Final = "assignedPerson/name"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the header says a value: in an attribute, or in the words of an element."""

    way: str
    attribute: str = ""

    @property
    def path(self) -> str:
        """The XPath of it."""
        return f"/ClinicalDocument/{self.way}" + (f"/@{self.attribute}" if self.attribute else "")

    def says(self, head: Found) -> bool:
        """Whether it says anything."""
        return any(self._of(element).strip() for element in head.get(self.way, ()))

    def _of(self, element: _Element) -> str:
        if self.attribute:
            return element.get(self.attribute, "")
        return "".join(map(str, element.itertext()))


PLACES: Final[Mapping[str, _Place]] = {
    "header.id": _Place("id", "root"),
    "header.time": _Place("effectiveTime", "value"),
    "header.custodian.oid": _Place(f"{_CUSTODIAN}/id", "root"),
    "header.custodian.code": _Place(f"{_CUSTODIAN}/id", "extension"),
    "header.custodian.name": _Place(f"{_CUSTODIAN}/name"),
    "header.custodian.telephone": _Place(f"{_CUSTODIAN}/telecom", "value"),
    "header.patient_id.value": _Place(f"{_PATIENT}/id", "extension"),
    "patient.name": _Place(f"{_PATIENT}/patient/name"),
    "patient.birth_date": _Place(f"{_PATIENT}/patient/birthTime", "value"),
    "patient.telephone": _Place(f"{_PATIENT}/telecom", "value"),
    "author.id": _Place(f"{_AUTHOR}/id", "extension"),
    "author.name": _Place(f"{_AUTHOR}/{_PERSON}"),
    "authenticator.id": _Place(f"{_AUTHENTICATOR}/id", "extension"),
    "authenticator.name": _Place(f"{_AUTHENTICATOR}/{_PERSON}"),
    "recipient.oid": _Place(f"{_RECIPIENT}/id", "root"),
    "recipient.code": _Place(f"{_RECIPIENT}/id", "extension"),
    "recipient.name": _Place(f"{_RECIPIENT}/receivedOrganization/name"),
    "recipient.telephone": _Place(f"{_RECIPIENT}/telecom", "value"),
    "encounter.date": _Place("componentOf/encompassingEncounter/effectiveTime", "value"),
    "number": _Place("id", "extension"),
}
"""Where a mandatory path of a form stands in CDA."""

look: Final = Places(
    (
        *("templateId", "code", "component/structuredBody", _SEX),
        *(place.way for place in PLACES.values()),
    )
)
"""What all rules ask of a header, seen in one walk."""


def form_of(known: Forms, whole: Whole) -> DocumentForm | None:
    """The form of a document, in the likeliest version; None where it is none of ours."""
    held = templates_of(whole.head.get("templateId", ()))
    among = [one for one in known if one.templates[0].root in held]
    exact = [one for one in among if held[one.templates[0].root] == one.templates[0].extension]
    found = exact or among
    in_force = [one for one in found if one.version <= whole.on]
    return max(in_force or found, key=lambda one: one.version, default=None)


def breaches(whole: Whole, known: Forms, form: DocumentForm) -> Iterator[Finding]:
    """Each rule of the header that the document breaks."""
    yield from _of_version(whole, known, form)
    code, system = code_of(whole.head)
    if code != form.code or system != form.code_system:
        element = whole.head.first("code")
        yield whole.finding("document.code", element, code=code, known=form.code)
    for said, name in form.mandatory:
        place = PLACES.get(said)
        if place is not None and not place.says(whole.head):
            yield Finding("header.missing", place.path, (("name", name),))
    yield from _of_parts(whole, form)


def _of_parts(whole: Whole, form: DocumentForm) -> Iterator[Finding]:
    """A sex of no known code, and parts for which the form asks beside its mandatory paths."""
    sex = whole.head.first(_SEX)
    if sex is None or not (sex.get("code") in _SEXES or sex.get("nullFlavor")):
        code = "-" if sex is None else sex.get("code", "-")
        yield whole.finding("header.sex", sex, code=code)
    for part, (rule, name) in _ASKED.items():
        if part in form.header and name not in whole.head:
            yield whole.finding(rule)
    held = templates_of(whole.head.get("templateId", ()))
    for template in form.templates[1:]:
        if template.root not in held:
            yield whole.finding("template.missing", known=template.root)


def _of_version(whole: Whole, known: Forms, form: DocumentForm) -> Iterator[Finding]:
    template = form.templates[0].root
    held = whole.head["templateId"]
    element = next(each for each in held if each.get("root") == template)
    version = element.get("extension", "")
    if version == form.templates[0].extension:
        return
    versions = sorted(
        one.templates[0].extension for one in known if one.templates[0].root == template
    )
    if version in versions:
        return
    said = version or "-"
    if version > versions[-1]:
        yield whole.finding("template.newer", element, version=said, known=versions[-1] or "-")
    elif version < versions[0]:
        yield whole.finding("template.older", element, version=said, known=versions[0])
    else:
        yield whole.finding("template.version", element, version=said, known=", ".join(versions))
