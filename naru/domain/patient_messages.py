"""Messages about patients between institutions (ITI TF-2 3.44-3.47, Appendix O), free of XML."""

from dataclasses import dataclass
from enum import StrEnum

from naru.domain.identifiers import Identifier
from naru.domain.patient_query import Candidates, IdentifierQuery, PatientQuery, QueryResponseCode
from naru.domain.person import PatientRecord


@dataclass(frozen=True, slots=True)
class II:
    """HL7 v3 instance identifier of a message or query; `root` is an OID or a UUID."""

    root: str
    extension: str | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """A sending or receiving application and the organization it speaks for, both by OID."""

    oid: str
    organization: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmission:
    """The outermost wrapper (ITI TF-2 O.1): which message, of what kind, from whom to whom.

    `creation_time` is a DTM as sent, possibly with a zone. `interaction` is HL7's artefact id.
    `processing_code` is P (production), T (training) or D (debugging).
    """

    id: II
    creation_time: str
    interaction: str
    sender: Device
    receiver: Device
    processing_code: str = "P"


class AcknowledgementType(StrEnum):
    """HL7 AcknowledgementType (2.16.840.1.113883.5.18): C for accept, A for application level."""

    COMMIT_ACCEPT = "CA"
    COMMIT_ERROR = "CE"
    COMMIT_REJECT = "CR"
    APPLICATION_ACCEPT = "AA"
    APPLICATION_ERROR = "AE"
    APPLICATION_REJECT = "AR"


class DetailType(StrEnum):
    """HL7 AcknowledgementDetailType (2.16.840.1.113883.5.1082)."""

    ERROR = "E"
    WARNING = "W"
    INFORMATION = "I"


class DetailCode(StrEnum):
    """The numbers of HL7 table 0357 that ITI TF-2 writes into acknowledgement details."""

    REQUIRED_MISSING = "101"
    DATA_TYPE = "102"
    TABLE_VALUE = "103"
    UNSUPPORTED_MESSAGE = "200"
    UNKNOWN_KEY = "204"
    INTERNAL = "207"


@dataclass(frozen=True, slots=True)
class AcknowledgementDetail:
    """What is wrong and where; `text` is free of personal data, `locations` are XPaths."""

    code: str | None
    text: str | None = None
    locations: tuple[str, ...] = ()
    type: DetailType | None = DetailType.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Whether the message `target` was accepted, and why not."""

    type: AcknowledgementType
    target: II | None
    details: tuple[AcknowledgementDetail, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptAcknowledgement:
    """MCCI_IN000002UV01: the answer to a feed."""

    transmission: Transmission
    acknowledgement: Acknowledgement


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderOrganization:
    """Where the person is a patient: OIDs of its domains, and how to reach it."""

    oids: tuple[str, ...]
    name: str | None = None
    telecom: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientAdd:
    """PRPA_TE201301UV02: a source has registered a person."""

    record: PatientRecord
    provider: ProviderOrganization | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRevise:
    """PRPA_TE201302UV02: a source knows a person's demographics anew."""

    record: PatientRecord
    provider: ProviderOrganization | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientMerge:
    """PRPA_TE201304UV02: `subsumed` was a duplicate of `survivor`."""

    survivor: Identifier
    subsumed: Identifier
    provider: ProviderOrganization | None = None


FeedAct = PatientAdd | PatientRevise | PatientMerge


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFeed:
    """ITI-44: what a Patient Identity Source tells; `custodian` is the OID that answers for it."""

    transmission: Transmission
    acts: tuple[FeedAct, ...]
    custodian: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierRequest:
    """ITI-45 request, PRPA_IN201309UV02."""

    transmission: Transmission
    query_id: II
    query: IdentifierQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierResponse:
    """ITI-45 response, PRPA_IN201310UV02: the other identifiers, never the one asked for."""

    transmission: Transmission
    acknowledgement: Acknowledgement
    query_id: II | None
    code: QueryResponseCode
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemographicsRequest:
    """ITI-47 request, PRPA_IN201305UV02."""

    transmission: Transmission
    query_id: II
    query: PatientQuery
    initial_quantity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemographicsResponse:
    """ITI-47 response, PRPA_IN201306UV02."""

    transmission: Transmission
    acknowledgement: Acknowledgement
    query_id: II | None
    candidates: Candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryContinuation:
    """QUQI_IN000003UV01: more of an earlier query's result is wanted, or none any more."""

    transmission: Transmission
    query_id: II
    status: str
    target: II | None = None
    start_result_number: int | None = None
    continuation_quantity: int | None = None

    @property
    def cancels(self) -> bool:
        """Whether the query is given up."""
        # ITI TF-2 3.47.4.3.3: quantity 0 and status aborted; either alone means the same, and so
        # does the message's other name in the published schema.
        return (
            self.status == "aborted"
            or self.continuation_quantity == 0
            or self.transmission.interaction.endswith("_Cancel")
        )
