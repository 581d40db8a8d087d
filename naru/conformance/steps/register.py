"""ITI-42 Register Document Set-b (ITI TF-2 3.42)."""

from collections.abc import Iterator
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.conformance import expectations, placeholders
from naru.conformance.context import Context, require_complete
from naru.conformance.plan import Step
from naru.conformance.session import Log, NotAttempted
from naru.conformance.wire import REGISTRY
from naru.formats.ebxml import namespaces as ns

ACTION: Final = "urn:ihe:iti:2007:RegisterDocumentSet-b"
SUBMIT_OBJECTS: Final = f"{{{ns.LCM}}}SubmitObjectsRequest"
REGISTRY_RESPONSE: Final = f"{{{ns.RS}}}RegistryResponse"


def run(context: Context, step: Step, log: Log) -> Iterator[str]:
    """Send the submission to the registry."""
    yield from send(context, step, log, ACTION)


def send(context: Context, step: Step, log: Log, action: str) -> Iterator[str]:
    """Send the submission with this action, and look at the RegistryResponse."""
    body = submission(context, step, log)
    require_complete(body)
    context.session.keep(log, "InputMetadata", body)
    reply = context.wire.ask(REGISTRY, action, etree.tostring(body, encoding="unicode"))
    context.session.keep(log, "Result", reply.body)
    yield from expectations.of_registry_response(step, reply, REGISTRY_RESPONSE)


def submission(context: Context, step: Step, log: Log) -> _Element:
    """The SubmitObjectsRequest, with the ids that a document source makes anew."""
    if step.contents:
        raise NotAttempted("a RegistryResponse holds no contents")
    root = context.message(step)
    found = root if root.tag == SUBMIT_OBJECTS else root.find(SUBMIT_OBJECTS)
    if found is None:
        raise NotAttempted(f"{step.metadata_file} holds no SubmitObjectsRequest of ebXML 3.0")
    placeholders.assign(found, step, context.session, log, _patient(context, step, found))
    return found


def _patient(context: Context, step: Step, metadata: _Element) -> str | None:
    """Whom the submission is made to be about: the test's patient unless the case names one."""
    if "NoPatientId" in step.flags:
        _feed_named(context, step, metadata)
        return None
    if "AltPatientId" in step.flags:  # A patient of whom the node was never told.
        return context.session.new_patient_id()
    return context.patient(step)


def _feed_named(context: Context, step: Step, metadata: _Element) -> None:
    """A patient whom the file names itself was told of beforehand, where success is expected."""
    if step.statuses != ("Success",):
        return
    for patient in placeholders.patients_in(metadata):
        context.require_patient(patient)
