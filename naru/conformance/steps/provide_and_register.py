"""ITI-41 Provide and Register Document Set-b, as an MTOM package (ITI TF-2 3.41)."""

from collections.abc import Iterator
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.conformance import expectations
from naru.conformance.context import Context, require_complete
from naru.conformance.plan import Step
from naru.conformance.session import Log
from naru.conformance.steps.register import REGISTRY_RESPONSE, submission
from naru.conformance.wire import REPOSITORY
from naru.formats.ebxml import namespaces as ns
from naru.formats.mime import Attachment
from naru.formats.soap import include, new_content_id
from naru.formats.xml import parse

ACTION: Final = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
REQUEST: Final = f"{{{ns.XDSB}}}ProvideAndRegisterDocumentSetRequest"
DOCUMENT: Final = f"{{{ns.XDSB}}}Document"


def run(context: Context, step: Step, log: Log) -> Iterator[str]:
    """Hand the submission and its documents to the repository."""
    metadata = submission(context, step, log)
    require_complete(metadata)
    request = etree.Element(REQUEST, nsmap={"xdsb": ns.XDSB})
    request.append(metadata)
    attachments = [
        _attach(request, log, id_, context.octets(step, name)) for id_, name in step.documents
    ]
    context.session.keep(log, "InputMetadata", request)
    body = etree.tostring(request, encoding="unicode")
    reply = context.wire.ask(REPOSITORY, ACTION, body, attachments)
    context.session.keep(log, "Result", reply.body)
    yield from expectations.of_registry_response(step, reply, REGISTRY_RESPONSE)


def _attach(request: _Element, log: Log, id_: str, octets: bytes) -> Attachment:
    """The document's part, with the element that points to it."""
    cid = new_content_id()
    element = etree.SubElement(request, DOCUMENT)
    element.set("id", log.assigned.get("AssignedUuids", {}).get(id_, id_))
    element.append(parse(include(cid).encode()))
    return Attachment(
        cid=cid, content_type="application/octet-stream", chunks=(octets,), length=len(octets)
    )
