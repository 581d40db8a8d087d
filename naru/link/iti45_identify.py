"""ITI-45 PIXV3 Query: the id by which all institutions know a patient (ITI TF-2 3.45)."""

from typing import Final

from naru.domain.identifiers import Identifier, new_oid
from naru.domain.patient_messages import II, IdentifierRequest
from naru.domain.patient_query import IdentifierQuery, QueryResponseCode
from naru.formats.hl7v3 import (
    Hl7v3Refused,
    read_identifier_response,
    write_identifier_request,
)
from naru.link.config import LinkConfig
from naru.link.connection import Connections
from naru.link.errors import AnswerNotUnderstood, PatientUnknown
from naru.link.iti44_feed import transmission
from naru.link.soap import ask

REQUEST: Final = "PRPA_IN201309UV02"
ACTION: Final = f"urn:hl7-org:v3:{REQUEST}"


def identify(connections: Connections, config: LinkConfig, mrn: str) -> Identifier:
    """The patient's id in the affinity domain. Raises PatientUnknown."""
    request = IdentifierRequest(
        transmission=transmission(config, REQUEST),
        query_id=II(new_oid()),
        query=IdentifierQuery(
            patient=Identifier(mrn, config.patient_id_authority),
            domains=(config.affinity_domain,),
        ),
    )
    answer = ask(connections, config.pix, ACTION, write_identifier_request(request))
    try:
        found = read_identifier_response(answer.body)
    except Hl7v3Refused as refused:
        raise AnswerNotUnderstood(str(refused)) from None
    ours = [each for each in found.identifiers if each.authority == config.affinity_domain]
    if found.code is not QueryResponseCode.OK or not ours:
        raise PatientUnknown(tuple(each.text or "" for each in found.acknowledgement.details))
    return ours[0]
