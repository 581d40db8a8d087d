"""What ITI-45 and ITI-47 share: the query's id, its parameters' places, and the query's outcome."""

from typing import Final

from lxml.etree import _Element

from naru.domain.patient_messages import II, Acknowledgement, AcknowledgementType
from naru.domain.patient_query import QueryResponseCode
from naru.formats.hl7v3.elements import child, location_of, required, required_attribute, the_only
from naru.formats.hl7v3.errors import NotUnderstood
from naru.formats.hl7v3.identifiers import read_ii, write_ii
from naru.formats.hl7v3.markup import code, text

PARAMETERS: Final = "controlActProcess/queryByParameter/parameterList"


def query_of(message: _Element) -> _Element:
    """The queryByParameter of a request or of the copy in an answer."""
    return required(message, "controlActProcess", "queryByParameter")


def parameter_value(parameter: _Element) -> _Element:
    """The one value of a parameter."""
    # ITI TF-2 3.45.4.1.2.2, 3.47.4.1.2.2: exactly one value in each parameter.
    return the_only(parameter, "value")


def write_parameter(name: str, values: str, semantics: str) -> str:
    """A parameter with its values and its name in words."""
    return f"<{name}>{values}{text('semanticsText', semantics)}</{name}>"


def read_query_ack(message: _Element) -> tuple[_Element, II | None, QueryResponseCode]:
    """The queryAck of an answer, the query's id and the outcome."""
    ack = required(message, "controlActProcess", "queryAck")
    query_id = child(ack, "queryId")
    outcome = required(ack, "queryResponseCode")
    try:
        found = QueryResponseCode(required_attribute(outcome, "code"))
    except ValueError:
        raise NotUnderstood("the outcome is of no known kind", location_of(outcome)) from None
    return ack, read_ii(query_id) if query_id is not None else None, found


def write_query_ack(query_id: II | None, outcome: QueryResponseCode, quantities: str = "") -> str:
    """The queryAck of an answer."""
    identifier = write_ii("queryId", query_id) if query_id is not None else ""
    return (
        f'<queryAck>{identifier}<statusCode code="deliveredResponse"/>'
        f"{code('queryResponseCode', outcome)}{quantities}</queryAck>"
    )


def acknowledge(target: II, outcome: QueryResponseCode) -> Acknowledgement:
    """AA for data found or not found, AE for everything else."""
    good = outcome in {QueryResponseCode.OK, QueryResponseCode.NOT_FOUND}
    accepted = AcknowledgementType.APPLICATION_ACCEPT
    return Acknowledgement(
        type=accepted if good else AcknowledgementType.APPLICATION_ERROR, target=target
    )
