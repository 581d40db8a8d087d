"""Where resources come from: `meta.source`, and a Provenance for each origin."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from naru.domain.whole_record import Origin, Sourced
from naru.formats.fhir.identifier import OID
from naru.formats.fhir.krcore.authorship import shared_ids, to_authorship
from naru.formats.fhir.krcore.bill import to_bill
from naru.formats.fhir.krcore.consent import to_consent
from naru.formats.fhir.krcore.content import to_sections
from naru.formats.fhir.krcore.frame import Frame
from naru.formats.fhir.krcore.licence import tell_licence
from naru.formats.fhir.krcore.paper import tell_institution, tell_paper
from naru.formats.fhir.krcore.reading import word
from naru.formats.fhir.mhd import document_reference
from naru.formats.fhir.moments import instant
from naru.formats.fhir.resource import Resource


def told_by(sourced: Sourced, patient: str) -> list[Resource]:
    """The resources of a document's content, all about `patient`, with the document as source.

    Behind them who answers for the document, and the visit of which it tells. None where it says
    nothing that a resource could carry: `reference_to` names it then, as it names every document.
    """
    opened = sourced.opened
    if opened is None:
        return []
    kind, _, key = patient.partition("/")
    frame = Frame(sourced.origin.unique_id, patient={"resourceType": kind, "id": key})
    authored = to_authorship(frame, opened.authorship) if opened.authorship else []
    made = [one for each in to_sections(frame, opened.content) for one in each.resources]
    if opened.paper is not None:
        tell_paper(frame, opened.paper, made)
        if authored:
            tell_institution(authored[0], opened.paper)
            tell_licence(authored, opened.paper)
            made += to_bill(frame, opened.paper, authored[0])
    if opened.consent is not None and authored:
        document = {"reference": document_of(sourced.origin)}
        made += to_consent(frame, opened.consent, authored[0], document)
    if not made:
        return []
    made += authored
    known = shared_ids(sourced.origin.institution, opened.authorship, authored)
    names = {f"urn:uuid:{key}": patient}
    for one in made:
        sent = f"urn:uuid:{one['id']}"
        one["id"] = known.get(one["id"], one["id"])
        names[sent] = name_of(one)
    source = source_of(sourced.origin)
    return [_sourced(led(one, names), source) for one in made]


def told_once(
    documents: Sequence[Sourced], patient: str
) -> Iterator[tuple[Sourced, list[Resource]]]:
    """The same of many documents, in their order: who wrote several stands with the newest."""
    told = [(one, told_by(one, patient)) for one in documents]
    # A licence that an older paper names is not gone because the newest document names none.
    ranked = sorted(
        ((resource, one) for one, resources in told for resource in resources),
        key=lambda pair: ("qualification" in pair[0], _registered(pair[1])),
        reverse=True,
    )
    holders: dict[str, Sourced] = {}
    for resource, one in ranked:
        holders.setdefault(name_of(resource), one)
    for one, resources in told:
        yield one, [each for each in resources if holders[name_of(each)] is one]


def _registered(one: Sourced) -> tuple[float, str]:
    registered = one.origin.registered
    return (registered.timestamp() if registered else 0.0, one.origin.entry_uuid)


def reference_to(sourced: Sourced, patient: UUID, base: str) -> Resource:
    """The DocumentReference of a document, at whose address on `base` its bytes can be had."""
    return document_reference.to_fhir(
        sourced.entry, base=base, patient=str(patient), registered=sourced.origin.registered
    )


def source_of(origin: Origin) -> str:
    """The document as a URI."""
    return f"{OID}{origin.unique_id.partition('^')[0]}"


def _sourced(resource: Resource, source: str) -> Resource:
    head = {name: resource[name] for name in ("resourceType", "id")}
    return (
        head
        | {"meta": {"source": source, **resource.get("meta", {})}}
        | {
            name: value
            for name, value in resource.items()
            if name not in {"resourceType", "id", "meta"}
        }
    )


def led(value: Any, names: dict[str, str]) -> Any:
    """The tree with its references by other names."""
    if isinstance(value, list):
        return [led(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: led(one, names) for name, one in value.items()}
    sent = found.get("reference")
    if isinstance(sent, str):
        found["reference"] = names.get(sent, sent)
    return found


def to_provenance(
    targets: Iterable[str], institution: str, recorded: datetime, origin: Origin | None = None
) -> Resource:
    """Who wrote these, in which document and when it was registered."""
    named = [*targets]
    name = uuid5(
        NAMESPACE_URL, " ".join([*named, institution, "" if not origin else origin.unique_id])
    )
    told: Resource = {
        "resourceType": "Provenance",
        "id": str(name),
        "target": [{"reference": one} for one in named],
        "recorded": instant(recorded),
        "agent": [{"who": {"display": institution or "알 수 없는 기관"}}],
    }
    if origin is not None:
        document: Resource = {"reference": document_of(origin)}
        if origin.title.strip():
            document["display"] = origin.title
        told["entity"] = [{"role": "source", "what": document}]
        if origin.event_date is not None:
            told["occurredDateTime"] = origin.event_date.isoformat()
    return told


def document_of(origin: Origin) -> str:
    """The DocumentReference of the document, by type and id."""
    return f"DocumentReference/{origin.entry_uuid[9:]}"


def name_of(resource: Resource) -> str:
    """A resource by type and id."""
    return f"{word(resource, 'resourceType')}/{word(resource, 'id')}"
