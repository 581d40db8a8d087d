"""The patient feed, sent as ITI-44 (ITI TF-2 3.44) also where the case says ITI-8."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from naru.conformance.context import Context
from naru.conformance.plan import Step
from naru.conformance.session import Log, NotAttempted
from naru.conformance.wire import PIX, NoAnswer, Wire
from naru.domain.dtm import from_datetime
from naru.domain.identifiers import Identifier, new_oid
from naru.domain.patient_messages import (
    II,
    AcknowledgementType,
    Device,
    PatientAdd,
    PatientFeed,
    Transmission,
)
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName
from naru.formats.hl7v3 import Hl7v3Refused, read_accept_acknowledgement, write_feed

ADD: Final = "PRPA_IN201301UV02"
ACTION: Final = f"urn:hl7-org:v3:{ADD}"
SENDER: Final = Device("2.999.1.3.1", "2.999.1.3")
_ACCEPTED: Final = {AcknowledgementType.COMMIT_ACCEPT, AcknowledgementType.APPLICATION_ACCEPT}


def run(context: Context, step: Step, log: Log) -> Iterator[str]:
    """Make a patient known; from then on it is the current one of its test."""
    if set(step.statuses) != {"Success"} or step.error_codes or step.error_messages:
        raise NotAttempted("a feed's acknowledgement is only looked at for success")
    patient = step.patient_id or context.session.new_patient_id()
    fault = send(context.wire, patient)
    if fault:
        yield f"expected Success, came {fault}"
        return
    context.session.fed.add(patient)
    context.session.patients[step.key.test] = patient
    log.reports["$patientid$"] = patient


def send(wire: Wire, patient: str) -> str | None:
    """What the node objects to, or None once it has taken the patient in. Raises NoAnswer."""
    reply = wire.ask(PIX, ACTION, write_feed(_message(patient)))
    if reply.fault is not None:
        return f"a SOAP fault: {reply.fault.reason}"
    try:
        said = read_accept_acknowledgement(reply.body).acknowledgement
    except Hl7v3Refused as refused:
        return f"an answer that is no acknowledgement: {refused}"
    if said.type in _ACCEPTED:
        return None
    told = "; ".join(detail.text or detail.code or "" for detail in said.details)
    return f"{said.type.value}: {told}"


def feed(wire: Wire, patient: str) -> None:
    """The runner's own feed of a patient that a test takes for granted."""
    try:
        fault = send(wire, patient)
    except NoAnswer as error:
        raise NotAttempted(str(error)) from None
    if fault:
        raise NotAttempted(f"the node does not take the test's patient in: {fault}")


def _message(patient: str) -> PatientFeed:
    value, _, authority = patient.partition("^^^&")
    transmission = Transmission(
        id=II(new_oid()),
        creation_time=from_datetime(datetime.now(UTC)),
        interaction=ADD,
        sender=SENDER,
        receiver=Device("2.999.1.3.2"),
    )
    record = PatientRecord(
        identifiers=(Identifier(value, authority.partition("&")[0]),),
        demographics=Demographics(
            # Names that differ, so that nobody is taken for somebody else.
            names=(PersonName(family="Conformance", given=(value,)),),
            gender=Gender.UNDIFFERENTIATED,
            birth_time="19700101",
        ),
    )
    return PatientFeed(transmission=transmission, acts=(PatientAdd(record=record),))
