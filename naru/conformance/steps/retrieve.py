"""ITI-43 Retrieve Document Set (ITI TF-2 3.43): the documents, octet for octet."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.conformance import expectations
from naru.conformance.context import Context, require_complete
from naru.conformance.placeholders import DOCUMENT_UNIQUE_ID
from naru.conformance.plan import Step
from naru.conformance.session import Log, NotAttempted
from naru.conformance.wire import REPOSITORY, Reply
from naru.formats.ebxml import namespaces as ns
from naru.formats.soap import Inline, SoapRefused, binary_content

ACTION: Final = "urn:ihe:iti:2007:RetrieveDocumentSet"
REQUEST: Final = f"{{{ns.XDSB}}}RetrieveDocumentSetRequest"
RESPONSE: Final = f"{{{ns.XDSB}}}RetrieveDocumentSetResponse"


@dataclass(frozen=True, slots=True)
class Retrieved:
    """One DocumentResponse."""

    home: str
    repository: str
    unique_id: str
    mime_type: str
    octets: bytes | None

    @property
    def sha1(self) -> str:
        """The hash of XDS metadata."""
        return hashlib.sha1(self.octets or b"", usedforsecurity=False).hexdigest()


def run(context: Context, step: Step, log: Log) -> Iterator[str]:
    """Ask the repository, and compare the documents with what the case expects of them."""
    if step.contents:
        raise NotAttempted("expected contents of a retrieve are not known")
    request = context.message(step)
    if request.tag != REQUEST:
        raise NotAttempted(f"{step.metadata_file} is no RetrieveDocumentSetRequest")
    require_complete(request)
    context.session.keep(log, "InputMetadata", request)
    body = etree.tostring(request, encoding="unicode")
    reply = context.wire.ask(REPOSITORY, ACTION, body, ())
    context.session.keep(log, "Result", reply.body)
    yield from expectations.of_registry_response(step, reply, RESPONSE)
    if reply.fault is None and reply.body.tag == RESPONSE:
        yield from _documents(context, step, log, request, reply)


def _documents(
    context: Context, step: Step, log: Log, request: _Element, reply: Reply
) -> Iterator[str]:
    came = [_retrieved(one, reply) for one in reply.body.iter(f"{{{ns.XDSB}}}DocumentResponse")]
    _report(log, came)
    if step.statuses == ("Failure",):
        if came:
            yield f"expected no document beside Failure, came {len(came)}"
        return
    asked = [
        (_said(one, "RepositoryUniqueId"), _said(one, "DocumentUniqueId"))
        for one in request.iter(f"{{{ns.XDSB}}}DocumentRequest")
    ]
    if step.statuses == ("Success",) and len(came) != len(asked):
        yield f"expected {len(asked)} documents, came {len(came)}"
    for one in came:
        if (one.repository, one.unique_id) not in asked:
            yield f"came a document that nobody asked for: {one.unique_id} of {one.repository}"
        yield from _document(context, step, one)


def _document(context: Context, step: Step, one: Retrieved) -> Iterator[str]:
    if one.octets is None:
        yield f"document {one.unique_id} came without octets"
        return
    if step.mime_type and one.mime_type != step.mime_type:
        yield f"expected mimeType {step.mime_type}, came {one.mime_type}"
    for octets, name in _references(context, step, one.unique_id):
        if octets != one.octets:
            yield f"the octets of {one.unique_id} are not those of {name}"
    if step.reference_metadata:
        yield from _as_registered(context, step, one)


def _references(context: Context, step: Step, unique_id: str) -> Iterator[tuple[bytes, str]]:
    """What was handed in, with the file's name; a symbol stands for the document's id.

    A file that is not in the case set can only be compared by what the query said of it.
    """
    values = context.values.of(step)
    for symbol, name in step.reference_documents:
        if values.get(symbol, symbol) != unique_id:
            continue
        try:
            yield context.octets(step, name), name
        except NotAttempted:
            if step.reference_metadata is None:
                raise


def _as_registered(context: Context, step: Step, one: Retrieved) -> Iterator[str]:
    """ITI TF-3 4.2.3.2: size, hash and mimeType of the entry are those of the document."""
    assert step.reference_metadata
    key = context.library.resolve(step, step.reference_metadata)
    log = context.session.logs.get(key) if key else None
    if log is None:
        raise NotAttempted("ReferenceMetadata points to a step that was not carried out")
    entry = _entry(log.element, one.unique_id)
    if entry is None:
        yield f"the query's answer holds no entry of {one.unique_id}"
        return
    said = {"mimeType": entry.get("mimeType"), "size": _slot(entry, "size")}
    said["hash"] = _slot(entry, "hash").lower()
    came = {"mimeType": one.mime_type, "size": str(len(one.octets or b"")), "hash": one.sha1}
    for name, value in said.items():
        if value != came[name]:
            yield f"expected {name} {value} as registered, came {came[name]}"


def _entry(element: _Element, unique_id: str) -> _Element | None:
    for identifier in element.iter(ns.EXTERNAL_IDENTIFIER):
        if identifier.get("identificationScheme") == DOCUMENT_UNIQUE_ID and (
            identifier.get("value") == unique_id
        ):
            return identifier.getparent()
    return None


def _slot(entry: _Element, name: str) -> str:
    for slot in entry.iter(ns.SLOT):
        if slot.get("name") == name:
            return "".join(value.text or "" for value in slot.iter(ns.VALUE))
    return ""


def _retrieved(element: _Element, reply: Reply) -> Retrieved:
    return Retrieved(
        home=_said(element, "HomeCommunityId"),
        repository=_said(element, "RepositoryUniqueId"),
        unique_id=_said(element, "DocumentUniqueId"),
        mime_type=_said(element, "mimeType"),
        octets=_octets(element.find(f"{{{ns.XDSB}}}Document"), reply),
    )


def _octets(document: _Element | None, reply: Reply) -> bytes | None:
    if document is None:
        return None
    try:
        content = binary_content(document, reply.parts)
    except SoapRefused:
        return None
    return content.octets if isinstance(content, Inline) else content.stored


def _report(log: Log, came: list[Retrieved]) -> None:
    """What later steps may use of each document, by its place in the answer."""
    for place, one in enumerate(came):
        said = {"repuid": one.repository, "mimetype": one.mime_type, "hash": one.sha1}
        said |= {"home": one.home, "size": str(len(one.octets or b""))}
        log.reports |= {f"${name}_doc{place}$": value for name, value in said.items()}


def _said(element: _Element, name: str) -> str:
    return (element.findtext(f"{{{ns.XDSB}}}{name}") or "").strip()
