"""What is asked of a patient registry and what it finds (ITI TF-2 3.45, 3.47), free of HL7's XML.

`()` and `None` mean that the parameter was not sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.domain.patient_search import Clause, MatchGrade
from naru.domain.person import Address, Gender, PatientRecord, PersonName, Telecom
from naru.domain.stored_query import TimeRange


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierQuery:
    """ITI TF-2 3.45.4.1.2.1: which identifiers does this person have in these domains, or in all.

    A domain is the OID of its assigning authority; the order is the sender's, for error locations.
    """

    patient: Identifier
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrespondingIdentifiers:
    """Whom an identifier means, and the person's other identifiers that were asked for."""

    patient: UUID
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientQuery:
    """ITI TF-2 3.47.4.1.2.1: who is this. Different parameters are ANDed.

    `names`, `addresses` and `telecoms` are alternatives, `identifiers` must all match; a name
    whose `use` is `SRCH` need not match exactly. `born` is a range and excludes `birth_time`.
    `clauses` say the same in FHIR's way, where every parameter has alternatives (ITI-78).
    `domains` are those whose identifiers are wanted; none means all.
    """

    names: tuple[PersonName, ...] = ()
    gender: Gender | None = None
    birth_time: str | None = None
    born: TimeRange | None = None
    identifiers: tuple[Identifier, ...] = ()
    addresses: tuple[Address, ...] = ()
    telecoms: tuple[Telecom, ...] = ()
    mothers_maiden_name: PersonName | None = None
    clauses: tuple[Clause, ...] = ()
    domains: tuple[str, ...] = ()
    minimum_score: int | None = None
    match_algorithm: str | None = None

    @property
    def asks_nothing(self) -> bool:
        """Whether no parameter narrows the search, so that everybody would match."""
        return self == PatientQuery(
            domains=self.domains,
            minimum_score=self.minimum_score,
            match_algorithm=self.match_algorithm,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One person found. `score` is the degree of match in percent.

    `missing_domains` are asked domains in which the person has no identifier. `patient` is the
    surrogate key of the person; of the wires only FHIR's names people by it. `grade` is told of
    candidates for a match (ITI-119) alone.
    """

    record: PatientRecord
    score: int | None = None
    missing_domains: tuple[str, ...] = ()
    patient: UUID | None = None
    grade: MatchGrade | None = None


class QueryResponseCode(StrEnum):
    """HL7 QueryResponse (2.16.840.1.113883.5.1067)."""

    OK = "OK"
    NOT_FOUND = "NF"
    APPLICATION_ERROR = "AE"
    PARAMETER_ERROR = "QE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The people found, of `total` in all; whether they are all decides the response code."""

    code: QueryResponseCode
    found: tuple[Candidate, ...] = field(default=())
    total: int = 0

    @property
    def remaining(self) -> int:
        """How many matched and are not here."""
        return self.total - len(self.found)


def first_page(found: Sequence[Candidate], initial_quantity: int | None) -> Candidates:
    """The answer of a supplier without the Continuation Option."""
    # ITI TF-2 3.47.4.3.3: up to that number is returned, and AE says that the rest never comes.
    if initial_quantity is not None and len(found) > initial_quantity:
        return Candidates(
            code=QueryResponseCode.APPLICATION_ERROR,
            found=tuple(found[:initial_quantity]),
            total=len(found),
        )
    code = QueryResponseCode.OK if found else QueryResponseCode.NOT_FOUND
    return Candidates(code=code, found=tuple(found), total=len(found))
