"""R4's Consent as a consent or withdrawal, whoever wrote it; `consent` is its other half.

A consent is refused by whatever of it is not understood: what keeps something out and was passed
over would say that it is open.
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeVar

from naru.domain.consent_document import ConsentDocument, Scan
from naru.domain.consent_paper import (
    Authority,
    Box,
    Identification,
    Identified,
    Part,
    Representative,
    Side,
    Signed,
    Wording,
)
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.domain.terminology import System, code_system
from naru.formats.fhir.identifier import OID, system_of
from naru.formats.fhir.krcore import own_extensions as own
from naru.formats.fhir.krcore.consent import URI
from naru.formats.fhir.krcore.consent_codes import BOXES
from naru.formats.fhir.krcore.document_reading import composition_of, from_bundle, members_of
from naru.formats.fhir.krcore.reading import child, day, each, word
from naru.formats.fhir.outcome import IssueType, Refused, refused
from naru.formats.fhir.resource import Resource

KINDS: Final = frozenset({"consent", "withdrawal"})
_MEDIA: Final = frozenset({"application/pdf", "text/plain"})
_PEOPLE: Final = frozenset({"Practitioner", "PractitionerRole"})
_PROVISION: Final = "Consent.provision.provision"
_DEPARTMENT: Final = code_system(System.HIRA_DEPARTMENT).url

_Word = TypeVar("_Word", Side, Authority, Identification, Signed)


def consent_from_bundle(bundle: Resource) -> ConsentDocument:
    """The consent that a Bundle tells. Raises Refused where it is none, or says more than one."""
    document, members = from_bundle(bundle), members_of(bundle)
    if document.kind not in KINDS:
        raise refused(IssueType.INVALID, "This document is no consent.", "Composition.category")
    found = [one for one in members.values() if one.get("resourceType") == "Consent"]
    if len(found) != 1:
        raise refused(IssueType.INVALID, "A document of consent holds one Consent.", "Bundle.entry")
    (consent,) = found
    composition = composition_of(bundle)
    written = members.get(word(composition, "author", "reference"), {})
    provision = child(consent, "provision")
    start = _day(provision, "start")
    if start is None:
        raise _wrong("The days of the consent have no beginning.", "Consent.provision.period")
    kept_out = _KeptOut(consent, members)
    return ConsentDocument(
        header=document.header,
        patient=document.patient,
        policy=_policy(consent),
        from_date=start,
        until=_day(provision, "end"),
        boxes=_boxes(provision),
        parts=kept_out.parts(),
        representative=_representative(consent, members),
        author=document.author if written.get("resourceType") in _PEOPLE else None,
        signature=_signature(consent, members),
        scan=_scan(consent),
        wording=_wording(consent),
        identified=_identified(consent),
    )


def _policy(consent: Resource) -> Policy:
    said = {
        (word(one, "system"), word(one, "code")) for one in each(consent, "policyRule", "coding")
    }
    found = [
        policy
        for policy, code in privacy_policies().codes.items()
        if (system_of(code.scheme), code.code) in said
    ]
    if len(found) != 1:
        raise _wrong(
            "The consent acknowledges not exactly one policy of this affinity domain.",
            "Consent.policyRule",
        )
    return found[0]


def _day(provision: Resource, end: str) -> date | None:
    told = word(provision, "period", end)
    found = day(told)
    if told and found is None:
        raise _wrong("A day of the consent is no day.", f"Consent.provision.period.{end}")
    return found


def _is_box(provision: Resource) -> bool:
    return any(word(one, "system") == BOXES for one in each(provision, "code", "coding"))


def _boxes(provision: Resource) -> frozenset[Box] | None:
    """Which are ticked; None where none is asked. All are there, or none is."""
    asked: dict[str, str] = {}
    for one in filter(_is_box, each(provision, "provision")):
        code = word(one, "code", "coding", "code")
        if code in asked or word(one, "type") not in {"permit", "deny"}:
            raise _wrong("A box of the consent stands twice, or is neither.", _PROVISION)
        asked[code] = word(one, "type")
    if not asked:
        return None
    if asked.keys() != set(Box):
        raise _wrong("The consent lacks boxes, or has one that is not known.", _PROVISION)
    return frozenset(Box(code) for code, kind in asked.items() if kind == "permit")


@dataclass(frozen=True, slots=True)
class _KeptOut:
    """The provisions of one Consent that keep something out."""

    consent: Resource
    members: Mapping[str, Resource]

    def parts(self) -> tuple[Part, ...]:
        """Each part; who is kept out of both sides stands in two provisions and is one part."""
        found: list[tuple[str, Part]] = []
        for one in each(self.consent, "provision", "provision"):
            if _is_box(one):
                continue
            for led, part in self._read(one):
                before = next((at for at, (name, _) in enumerate(found) if name == led), None)
                if led and before is not None and found[before][1].side is not part.side:
                    found[before] = led, replace(found[before][1], side=Side.BOTH)
                else:
                    found.append((led, part))
        return tuple(part for _, part in found)

    def _read(self, provision: Resource) -> Iterator[tuple[str, Part]]:
        told = own.CONSENT_EXCLUDED.read(provision)
        data, actors = each(provision, "data"), each(provision, "actor")
        if word(provision, "type") != "deny" or len(data) + len(actors) != 1 or _further(provision):
            raise _wrong("An exception of the consent is not understood.", _PROVISION)
        (one,) = (*data, *actors)
        led, reason = child(one, "reference"), told.get("reason", "")
        if word(one, "meaning") == "instance":
            side = _of(Side, told.get("side", Side.BOTH))
            yield "", Part(document=_document(child(led, "identifier")), reason=reason, side=side)
            return
        if data and word(one, "meaning") != "authoredby":
            raise _wrong("An exception of the consent is not understood.", _PROVISION)
        side = Side.SOURCE if data else Side.VIEWER
        yield word(led, "reference"), replace(self._named(led), reason=reason, side=side)

    def _named(self, led: Resource) -> Part:
        """Who is kept out: by a contained Organization, one of the Bundle, or its identifier."""
        name = word(led, "reference")
        contained = {f"#{word(one, 'id')}": one for one in each(self.consent, "contained")}
        found = contained.get(name) or self.members.get(name)
        if found is None:
            found = {"identifier": [child(led, "identifier")], "name": word(led, "display")}
        numbers = each(found, "identifier")
        departments = [one for one in numbers if word(one, "system") == _DEPARTMENT]
        if departments:
            whole = child(found, "partOf")
            return Part(
                institution=_institution([child(whole, "identifier")]) if whole else "",
                institution_name=word(whole, "display"),
                department=_said(word(departments, "value")),
                department_name=word(found, "name"),
            )
        return Part(institution=_institution(numbers), institution_name=word(found, "name"))


def _further(provision: Resource) -> set[str]:
    """What would narrow an exception and is not read."""
    return provision.keys() & {
        "provision",
        "period",
        "action",
        "securityLabel",
        "purpose",
        "class",
        "code",
        "dataPeriod",
    }


def _institution(numbers: Iterable[Resource]) -> str:
    told = (word(one, "value") for one in numbers if word(one, "system") == URI)
    return _said(next((one.removeprefix(OID) for one in told if one.startswith(OID)), ""))


def _document(told: Resource) -> str:
    system, value = word(told, "system"), _said(word(told, "value"))
    if system.startswith(OID):
        return f"{system.removeprefix(OID)}^{value}"
    return value.removeprefix(OID) if system == URI else value


def _said(found: str) -> str:
    if not found:
        raise _wrong("What the consent keeps out is not named.", _PROVISION)
    return found


def _representative(consent: Resource, members: Mapping[str, Resource]) -> Representative | None:
    person = members.get(word(consent, "performer", "reference"), {})
    if person.get("resourceType") != "RelatedPerson":
        return None
    told = own.CONSENT_AUTHORITY.read(person)
    authority = told.get("authority")
    return Representative(
        name=word(person, "name", "text"),
        relationship=word(person, "relationship", "text"),
        telephone=word(person, "telecom", "value"),
        authority=None if authority is None else _of(Authority, authority),
        authority_number=told.get("authority_number", ""),
    )


def _wording(consent: Resource) -> Wording | None:
    told = own.CONSENT_WORDING.read(consent)
    if not told:
        return None
    if told.keys() != {"version", "language", "sha256"}:
        raise _wrong("The consent names its words only in part.", "Consent.extension")
    return Wording(**told)


def _identified(consent: Resource) -> Identified | None:
    told: dict[str, Any] = own.CONSENT_IDENTIFIED.read(consent)
    if not told:
        return None
    return Identified(
        **told
        | {
            "by": _of(Identification, told.get("by", "")),
            "signed": _of(Signed, told.get("signed", "")),
        }
    )


def _signature(consent: Resource, members: Mapping[str, Resource]) -> bytes:
    """The picture in the Provenance of the Consent; b"" where there is none."""
    name = f"urn:uuid:{word(consent, 'id')}"
    for one in members.values():
        if one.get("resourceType") == "Provenance" and word(one, "target", "reference") == name:
            for signature in each(one, "signature"):
                if word(signature, "sigFormat") == "image/png":
                    return _octets(word(signature, "data"))
    return b""


def _scan(consent: Resource) -> Scan | None:
    paper = child(consent, "sourceAttachment")
    if not paper:
        return None
    kind = word(paper, "contentType")
    if kind not in _MEDIA:
        raise _wrong("A scanned paper is neither PDF nor plain text.", "Consent.sourceAttachment")
    return Scan(_octets(word(paper, "data")), kind)


def _octets(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Error, ValueError):
        raise _wrong("A picture of the consent is not in base64.", "Consent") from None


def _of(kind: type[_Word], code: str) -> _Word:
    try:
        return kind(code)
    except ValueError:
        raise _wrong("A code of the consent is not known.", "Consent.extension") from None


def _wrong(sentence: str, expression: str) -> Refused:
    return refused(IssueType.VALUE, sentence, expression)
