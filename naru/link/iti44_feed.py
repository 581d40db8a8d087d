"""ITI-44 Patient Identity Feed HL7 V3: this institution registered a patient (ITI TF-2 3.44)."""

from datetime import UTC, datetime
from typing import Final

from naru.domain.clinical import Patient
from naru.domain.dtm import from_datetime
from naru.domain.identifiers import Identifier, new_oid
from naru.domain.patient_messages import (
    II,
    AcknowledgementType,
    Device,
    PatientAdd,
    PatientFeed,
    ProviderOrganization,
    Transmission,
)
from naru.domain.person import Address, Demographics, PatientRecord, PersonName, Telecom
from naru.formats.hl7v3 import Hl7v3Refused, read_accept_acknowledgement, write_feed
from naru.link.config import LinkConfig
from naru.link.connection import Connections
from naru.link.errors import AnswerNotUnderstood, NodeRefused
from naru.link.soap import ask

ADD: Final = "PRPA_IN201301UV02"
ACTION: Final = f"urn:hl7-org:v3:{ADD}"


def transmission(config: LinkConfig, interaction: str) -> Transmission:
    """The wrapper of a message from this institution to the node."""
    return Transmission(
        id=II(new_oid()),
        creation_time=from_datetime(datetime.now(UTC)),
        interaction=interaction,
        sender=Device(config.institution.oid, config.institution.oid),
        receiver=Device(config.device_oid),
    )


def feed(connections: Connections, config: LinkConfig, patient: Patient) -> None:
    """Tell the node of a patient; telling it again changes nothing there."""
    message = PatientFeed(
        transmission=transmission(config, ADD),
        acts=(PatientAdd(record=_record(config, patient), provider=_provider(config)),),
    )
    answer = ask(connections, config.pix, ACTION, write_feed(message))
    try:
        said = read_accept_acknowledgement(answer.body).acknowledgement
    except Hl7v3Refused as refused:
        raise AnswerNotUnderstood(str(refused)) from None
    # ITI TF-2 3.44.4.1.3: CA, CE or CR; AA has been seen of other systems.
    if said.type not in {AcknowledgementType.COMMIT_ACCEPT, AcknowledgementType.APPLICATION_ACCEPT}:
        codes = tuple(detail.code or said.type for detail in said.details) or (said.type,)
        raise NodeRefused(codes, tuple(detail.text or "" for detail in said.details))


def _record(config: LinkConfig, patient: Patient) -> PatientRecord:
    address = (Address(lines=(patient.address,)),) if patient.address else ()
    telephone = (Telecom(f"tel:{patient.telephone}"),) if patient.telephone else ()
    return PatientRecord(
        identifiers=(Identifier(patient.mrn, config.patient_id_authority),),
        demographics=Demographics(
            names=(PersonName(text=patient.name),),
            gender=patient.sex,
            birth_time=patient.birth_date.strftime("%Y%m%d"),
            addresses=address,
            telecoms=telephone,
            other_ids=_resident_number(config, patient),
        ),
    )


def _resident_number(config: LinkConfig, patient: Patient) -> tuple[Identifier, ...]:
    # ITI TF-2 3.44.4.1.2: numbers of other registers are sent as asOtherIDs.
    if not patient.resident_number:
        return ()
    digits = patient.resident_number.replace("-", "")
    return (Identifier(digits, config.resident_number_authority),)


def _provider(config: LinkConfig) -> ProviderOrganization:
    # ITI TF-2 3.44.4.1.2: the organization's id is the domain of the identifiers.
    return ProviderOrganization(
        oids=(config.patient_id_authority,),
        name=config.institution.name,
        telecom=f"tel:{config.institution.telephone}",
    )
