"""Find Document Lists (ITI-66) as FindSubmissionSets or FindFolders.

MHD Table 2:3.66.4.1.3.1-1, Table 2:3.66.4.1.3.1-2.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from naru.domain.identifiers import Identifier
from naru.domain.stored_query import FindFolders, FindSubmissionSets
from naru.domain.xds import AvailabilityStatus, Folder, SubmissionSet
from naru.formats.fhir import values
from naru.formats.fhir.mhd import identifiers, lists, matching, profiles
from naru.formats.fhir.outcome import IssueType, refused
from naru.formats.fhir.parameters import Asked, Definition, ParameterType, Search

_MHD: Final = "https://profiles.ihe.net/ITI/MHD/SearchParameter/List-"
_R4: Final = "http://hl7.org/fhir/SearchParameter/"

PARAMETERS: Final[tuple[Definition, ...]] = (
    Definition("_id", ParameterType.TOKEN, url=f"{_R4}Resource-id"),
    Definition("code", ParameterType.TOKEN, url=f"{_R4}clinical-code", required=True),
    Definition("date", ParameterType.DATE, url=f"{_R4}clinical-date"),
    Definition("designationType", ParameterType.TOKEN, url=f"{_MHD}DesignationType"),
    Definition("identifier", ParameterType.TOKEN, url=f"{_R4}clinical-identifier"),
    Definition(
        "patient", ParameterType.REFERENCE, targets=("Patient",), url=f"{_R4}clinical-patient"
    ),
    Definition("patient.identifier", ParameterType.TOKEN),
    Definition("source.family", ParameterType.STRING),
    Definition("source.given", ParameterType.STRING),
    Definition("sourceId", ParameterType.TOKEN, url=f"{_MHD}SourceId"),
    Definition("status", ParameterType.TOKEN, url=f"{_R4}List-status", required=True),
)
STATUS: Final = {
    "current": AvailabilityStatus.APPROVED,
    "superseded": AvailabilityStatus.DEPRECATED,  # MHD Table 2:3.66.4.1.3.1-3.
    "retired": AvailabilityStatus.DEPRECATED,  # As R4 writes it into the List.
}
_OF_SETS_ONLY: Final = {"source.family", "source.given", "sourceId"}


@dataclass(frozen=True, slots=True)
class Question:
    """What the registry is asked, and the whole of the search for what it finds."""

    query: FindSubmissionSets | FindFolders
    _search: Search

    def fits(self, one: SubmissionSet | Folder) -> bool:
        """Whether an object is what every parameter asks for."""
        # MHD Table 2:3.66.4.1.3.1-2 note 3: of a folder these are silently ignored.
        ignored = _OF_SETS_ONLY if isinstance(one, Folder) else frozenset()
        return all(_fits(asked, one) for asked in self._search.asked if asked.name not in ignored)


def from_search(search: Search, patient_id: Identifier, now: datetime) -> Question:
    """The question of a search at a moment. Raises Refused for what cannot be asked."""
    statuses = search.one("status")
    assert statuses is not None  # Its definition requires it.
    status = matching.status(statuses, STATUS)
    dates = matching.time_range(search, "date", now)
    if _kind(search) == profiles.FOLDER:
        return Question(
            FindFolders(
                patient_id=patient_id,
                status=status,
                last_update_time=dates,
                codes=matching.all_alternatives(search, "designationType"),
            ),
            search,
        )
    return Question(
        FindSubmissionSets(
            patient_id=patient_id,
            status=status,
            submission_time=dates,
            content_types=matching.first_alternatives(search, "designationType"),
        ),
        search,
    )


def _kind(search: Search) -> str:
    asked = search.one("code")
    assert asked is not None  # Its definition requires it.
    tokens = [values.token(one) for one in asked.values]
    known = {profiles.SUBMISSION_SET, profiles.FOLDER}
    if len(tokens) != 1 or tokens[0].code not in known or not _is_mhd(tokens[0].system):
        sentence = "The code is submissionset or folder."
        raise refused(IssueType.CODE_INVALID, sentence, asked.name)
    return tokens[0].code or ""


def _is_mhd(system: str | None) -> bool:
    return system in {None, profiles.LIST_TYPES}


def _fits(asked: Asked, one: SubmissionSet | Folder) -> bool:
    match asked.name:
        case "_id":
            return one.entry_uuid.removeprefix(identifiers.UUID) in asked.values
        case "identifier":
            return matching.has_identifier(
                asked, lists.to_identifiers(one.entry_uuid, one.unique_id)
            )
        case "date":
            return matching.is_another_time(asked, [lists.date(one)])
        case "designationType":
            kinds = one.codes if isinstance(one, Folder) else (one.content_type_code,)
            return matching.has_code(asked, kinds)
    return not isinstance(one, SubmissionSet) or _fits_set(asked, one)


def _fits_set(asked: Asked, one: SubmissionSet) -> bool:
    match asked.name:
        case "source.family":
            return matching.has_name(asked, one.authors, matching.family)
        case "source.given":
            return matching.has_name(asked, one.authors, matching.given)
        case "sourceId":
            # MHD 2:3.66.4.1.3.1: of a simple string the code is used and the system ignored.
            wanted = {(values.token(text).code or "") for text in asked.values}
            return one.source_id in {text.removeprefix(identifiers.OID) for text in wanted}
    return True  # The stored query has asked for it.
