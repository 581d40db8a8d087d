"""ITI-18 Registry Stored Query (ITI TF-2 3.18)."""

from collections.abc import Iterator
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.conformance import contents, expectations
from naru.conformance.context import Context, require_complete
from naru.conformance.placeholders import SYMBOL
from naru.conformance.plan import Step
from naru.conformance.session import Log, NotAttempted
from naru.conformance.wire import REGISTRY
from naru.formats.ebxml import namespaces as ns

ACTION: Final = "urn:ihe:iti:2007:RegistryStoredQuery"
REQUEST: Final = f"{{{ns.QUERY}}}AdhocQueryRequest"
RESPONSE: Final = f"{{{ns.QUERY}}}AdhocQueryResponse"


def run(context: Context, step: Step, log: Log) -> Iterator[str]:
    """Ask the registry, and look at the objects that came."""
    request = context.message(step)
    if request.tag != REQUEST:
        raise NotAttempted(f"{step.metadata_file} is no AdhocQueryRequest")
    if "CleanParams" in step.flags:
        _leave_out_unset(request)
    require_complete(request)
    context.session.keep(log, "InputMetadata", request)
    reply = context.wire.ask(REGISTRY, ACTION, etree.tostring(request, encoding="unicode"))
    context.session.keep(log, "Result", reply.body)
    yield from expectations.of_registry_response(step, reply, RESPONSE)
    if reply.fault is None:
        yield from contents.check(step.contents, reply.body, lambda use: context.id_of(step, use))


def _leave_out_unset(request: _Element) -> None:
    """Parameters whose symbol nothing gave a value to are not part of the question."""
    for element in list(request.iter(etree.Element)):
        for name, text in element.attrib.items():
            if SYMBOL.search(str(text)):
                del element.attrib[name]
        above = element.getparent()
        if above is not None and element.tag == ns.VALUE and SYMBOL.search(element.text or ""):
            above.remove(element)
    for slot in list(request.iter(ns.SLOT)):
        above = slot.getparent()
        if above is not None and next(slot.iter(ns.VALUE), None) is None:
            above.remove(slot)
