"""HL7 v3 messages of PIXV3 and PDQV3, read from elements and written as text, on either side.

A server's face reads, asks one service and writes, here for ITI-45::

    stamp = {"message_id": II(new_oid()), "creation_time": from_datetime(now)}
    try:
        request = read_identifier_request(message)
    except Hl7v3Refused as refused:
        return write_refusal(message, refused, **stamp)
    try:
        found = exchange.cross_references(request.query.patient, request.query.domains)
        answer = answer_identifiers(request, found, **stamp)
    except UnknownIdentifier:
        answer = answer_unknown_patient(request, **stamp)
    except UnknownDomain as unknown:
        answer = answer_unknown_domains(request, unknown.repetitions, **stamp)
    return write_identifier_response(answer, copy=copy_of_query(message), custodian=our_oid)

A client writes the request and reads the answer with the same values::

    text = write_identifier_request(IdentifierRequest(transmission=..., query_id=..., query=...))
    others = read_identifier_response(element).identifiers

A feed is answered by `write_accept_acknowledgement(accept(feed.transmission, **stamp))`.
"""

from naru.formats.hl7v3.acknowledgement import (
    accept,
    read_accept_acknowledgement,
    write_accept_acknowledgement,
)
from naru.formats.hl7v3.errors import (
    Hl7v3Refused,
    MalformedValue,
    MissingElement,
    NotUnderstood,
    TooManyRepetitions,
    WrongInteraction,
    WrongNamespace,
)
from naru.formats.hl7v3.patient_identity_feed import read_feed, write_feed
from naru.formats.hl7v3.pdq_query import read_demographics_request, write_demographics_request
from naru.formats.hl7v3.pdq_response import (
    answer_candidates,
    answer_unknown_scoping_organizations,
    read_demographics_response,
    write_demographics_response,
)
from naru.formats.hl7v3.pix_query import (
    answer_identifiers,
    answer_unknown_domains,
    answer_unknown_patient,
    read_identifier_request,
    read_identifier_response,
    write_identifier_request,
    write_identifier_response,
)
from naru.formats.hl7v3.query_continuation import (
    read_query_continuation,
    refuse_continuation,
    write_query_continuation,
)
from naru.formats.hl7v3.refusal import write_refusal
from naru.formats.hl7v3.wrappers import (
    copy_of_query,
    interaction_of,
    read_transmission,
    reply_to,
)

__all__ = [
    "Hl7v3Refused",
    "MalformedValue",
    "MissingElement",
    "NotUnderstood",
    "TooManyRepetitions",
    "WrongInteraction",
    "WrongNamespace",
    "accept",
    "answer_candidates",
    "answer_identifiers",
    "answer_unknown_domains",
    "answer_unknown_patient",
    "answer_unknown_scoping_organizations",
    "copy_of_query",
    "interaction_of",
    "read_accept_acknowledgement",
    "read_demographics_request",
    "read_demographics_response",
    "read_feed",
    "read_identifier_request",
    "read_identifier_response",
    "read_query_continuation",
    "read_transmission",
    "refuse_continuation",
    "reply_to",
    "write_accept_acknowledgement",
    "write_demographics_request",
    "write_demographics_response",
    "write_feed",
    "write_identifier_request",
    "write_identifier_response",
    "write_query_continuation",
    "write_refusal",
]
