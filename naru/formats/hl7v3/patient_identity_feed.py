"""ITI-44 Patient Identity Feed HL7 V3: add, revise and merge (ITI TF-2 3.44)."""

from collections.abc import Callable
from typing import Final

from lxml.etree import _Element

from naru.domain.identifiers import Identifier
from naru.domain.patient_messages import (
    FeedAct,
    PatientAdd,
    PatientFeed,
    PatientMerge,
    PatientRevise,
)
from naru.formats.hl7v3.elements import (
    attribute,
    child,
    children,
    location_of,
    required,
    required_attribute,
    the_only,
)
from naru.formats.hl7v3.errors import MissingElement, NotUnderstood
from naru.formats.hl7v3.identifiers import read_identifier, write_identifier
from naru.formats.hl7v3.patient import (
    domains_of,
    read_patient_ids,
    read_provider,
    read_record,
    write_patient,
    write_provider,
)
from naru.formats.hl7v3.wrappers import (
    expect,
    read_transmission,
    write_control_act,
    write_message,
    write_registration,
)

ADD: Final = "PRPA_IN201301UV02"
REVISE: Final = "PRPA_IN201302UV02"
MERGE: Final = "PRPA_IN201304UV02"
MAX_PATIENTS: Final = 64
"""Patients of one message; most senders put one, so a load of thousands comes in many messages."""

_TRIGGERS: Final = {
    ADD: "PRPA_TE201301UV02",
    REVISE: "PRPA_TE201302UV02",
    MERGE: "PRPA_TE201304UV02",
}


def read_feed(message: _Element) -> PatientFeed:
    """What a Patient Identity Source tells."""
    interaction = expect(message, ADD, REVISE, MERGE)
    act = required(message, "controlActProcess")
    required(act, "subject")
    # ITI TF-2 3.44.4.2.2: a merge is one pair; several registrations would be several merges.
    at_most = 1 if interaction == MERGE else MAX_PATIENTS
    events = [
        required(subject, "registrationEvent") for subject in children(act, "subject", at_most)
    ]
    return PatientFeed(
        transmission=read_transmission(message),
        acts=tuple(map(_READERS[interaction], events)),
        custodian=attribute(child(events[0], "custodian", "assignedEntity", "id"), "root"),
    )


def _add(event: _Element) -> PatientAdd:
    patient = _active_patient(event)
    return PatientAdd(record=read_record(patient), provider=read_provider(patient))


def _revise(event: _Element) -> PatientRevise:
    patient = _active_patient(event)
    return PatientRevise(record=read_record(patient), provider=read_provider(patient))


def _active_patient(event: _Element) -> _Element:
    # ITI TF-2 3.44.4.1.2.3: active, and no replacementOf.
    if child(event, "replacementOf") is not None:
        raise NotUnderstood("only a merge replaces a registration", location_of(event))
    return _patient(event)


def _patient(event: _Element) -> _Element:
    status = required(event, "statusCode")
    if required_attribute(status, "code") != "active":
        raise NotUnderstood("the registration is not active", location_of(status))
    return required(event, "subject1", "patient")


def _merge(event: _Element) -> PatientMerge:
    patient = _patient(event)
    prior = required(the_only(event, "replacementOf"), "priorRegistration")
    role = required(the_only(prior, "subject1"), "priorRegisteredRole")
    subsumed = read_identifier(the_only(role, "id"))
    return PatientMerge(
        survivor=_survivor(patient, subsumed),
        subsumed=subsumed,
        provider=read_provider(patient),
    )


def _survivor(patient: _Element, subsumed: Identifier) -> Identifier:
    """The surviving id: the only one, or of several the only one in the subsumed id's domain."""
    found = read_patient_ids(patient)
    if len(found) > 1:
        found = tuple(i for i in found if i.authority == subsumed.authority)
    if len(found) != 1:
        raise MissingElement("it is not clear which identifier survives", location_of(patient))
    return found[0]


_READERS: Final[dict[str, Callable[[_Element], FeedAct]]] = {
    ADD: _add,
    REVISE: _revise,
    MERGE: _merge,
}


def write_feed(feed: PatientFeed) -> str:
    """What a Patient Identity Source sends; the custodian is the sender unless named."""
    transmission = feed.transmission
    custodian = feed.custodian or transmission.sender.oid
    subjects = "".join(_write_act(act, custodian) for act in feed.acts)
    return write_message(
        transmission,
        write_control_act(_TRIGGERS[transmission.interaction], subjects),
        accept_acknowledgement="AL",
    )


def _write_act(act: FeedAct, custodian: str) -> str:
    if isinstance(act, PatientMerge):
        return write_registration(
            _write_survivor(act), custodian=custodian, prior=_write_prior(act.subsumed)
        )
    provider = act.provider or domains_of(act.record)
    return write_registration(write_patient(act.record, provider), custodian=custodian)


def _write_survivor(merge: PatientMerge) -> str:
    return (
        f'<patient classCode="PAT">{write_identifier("id", merge.survivor)}'
        '<statusCode code="active"/><patientPerson classCode="PSN" determinerCode="INSTANCE">'
        f'<name nullFlavor="NA"/></patientPerson>{write_provider(merge.provider)}</patient>'
    )


def _write_prior(subsumed: Identifier) -> str:
    return (
        '<replacementOf typeCode="RPLC"><priorRegistration classCode="REG" moodCode="EVN">'
        '<statusCode code="obsolete"/><subject1 typeCode="SBJ">'
        f'<priorRegisteredRole classCode="PAT">{write_identifier("id", subsumed)}'
        "</priorRegisteredRole></subject1></priorRegistration></replacementOf>"
    )
