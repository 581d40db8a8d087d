"""Bundles as a server writes them: what a search found, and what became of a transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import msgspec

from naru.formats.fhir.outcome import Issue, to_operation_outcome
from naru.formats.fhir.resource import Resource

MATCH_GRADE: Final = "http://hl7.org/fhir/StructureDefinition/match-grade"

Written = Resource | msgspec.Raw
"""A resource as a dict, or as the JSON text in which it is kept."""


@dataclass(frozen=True, slots=True)
class Match:
    """A resource of a searchset; `full_url` is its absolute address or `urn:uuid:…`.

    `score` is from 0 to 1. `grade` is a code of match-grade, which Patient/$match tells.
    """

    full_url: str
    resource: Written
    mode: str = "match"
    score: Decimal | None = None
    grade: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one entry of a transaction; `status` is the HTTP status line's number."""

    status: str
    location: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    outcome: Resource | None = None
    resource: Written | None = None
    full_url: str | None = None


def searchset(
    matches: Iterable[Match],
    *,
    self_link: str,
    next_link: str | None = None,
    total: int | None = None,
    remarks: Iterable[Issue] = (),
) -> Resource:
    """What a search found (FHIR R4 3.1.1): the link to itself says what was understood.

    `remarks` are told in an entry of mode `outcome`.
    """
    entries = [
        {"fullUrl": one.full_url, "resource": one.resource, "search": _how(one)} for one in matches
    ]
    if issues := tuple(remarks):
        outcome = to_operation_outcome(issues)
        entries.append({"resource": outcome, "search": {"mode": "outcome"}})
    links = [{"relation": "self", "url": self_link}]
    if next_link is not None:
        links.append({"relation": "next", "url": next_link})
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset"}
    if total is not None:
        bundle["total"] = total
    bundle["link"] = links
    if entries:  # An empty list is no JSON of FHIR (R4 2.6.2).
        bundle["entry"] = entries
    return bundle


def _how(match: Match) -> Resource:
    told: Resource = {}
    if match.grade is not None:
        told["extension"] = [{"url": MATCH_GRADE, "valueCode": match.grade}]
    told["mode"] = match.mode
    if match.score is not None:
        told["score"] = match.score
    return told


def transaction_response(done: Iterable[Done]) -> Resource:
    """Answers in the order of the request's entries (FHIR R4 3.1.0.11.3)."""
    return _responses("transaction-response", done)


def batch_response(done: Iterable[Done]) -> Resource:
    """Answers in the order of the request's entries, failures among them."""
    return _responses("batch-response", done)


def _responses(kind: str, done: Iterable[Done]) -> Resource:
    bundle: Resource = {"resourceType": "Bundle", "type": kind}
    if entries := [_response(one) for one in done]:
        bundle["entry"] = entries
    return bundle


def _response(done: Done) -> Resource:
    told: dict[str, Any] = {
        "status": done.status,
        "location": done.location,
        "etag": done.etag,
        "lastModified": done.last_modified,
        "outcome": done.outcome,
    }
    entry: Resource = {}
    if done.full_url is not None:
        entry["fullUrl"] = done.full_url
    if done.resource is not None:
        entry["resource"] = done.resource
    entry["response"] = {name: value for name, value in told.items() if value is not None}
    return entry
