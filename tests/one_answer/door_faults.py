"""Faults of single doors: somebody could make each there, whatever the decision says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import pytest

from naru.audit import queries as audit
from naru.deliveries import models as deliveries
from naru.deliveries import queries, values
from naru.deliveries.errors import NotTheirs
from naru.deliveries.values import Chosen
from naru.domain.arrangements import Delivery
from naru.domain.referrals import Referral
from naru.domain.whole_record import WholeRecord
from naru.exchange.access import Access
from naru.exchange.charts import own_documents, own_download
from naru.exchange.charts.own_download import Kept
from naru.formats.fhir.resource import Resource
from naru.hira import services as hira
from naru.portal import downloads, result_presenters
from naru.referrals import letters, looking
from naru.referrals import models as referrals
from naru.referrals import queries as referral_queries

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    """What is wrong, and at which doors it shows: there the everyday worlds are asked."""

    plant: Plant
    doors: tuple[str, ...]


def becomes(place: Any, name: str, wrong: object) -> Plant:
    """A function or a property is another."""
    return lambda patch: patch.setattr(place, name, wrong)


_BOUNDED: Final = own_download._bounded
_TOLD: Final = downloads._told
_RECEIVED: Final = queries.received_document
_RESULTS: Final = result_presenters.results
_OF_PERSON: Final = audit.found_of_person


def _without_the_newest(*given: Any) -> Kept:
    kept = _BOUNDED(*given)
    for _, document in kept.documents[:1]:
        document.chunks.close()
    return replace(kept, documents=kept.documents[1:])


def _told_without_the_newest(whole: WholeRecord, base: str) -> Iterator[Resource]:
    return _TOLD(replace(whole, documents=whole.documents[1:]), base)


def _anybodys(access: Access, submission: UUID) -> Any:
    rows = deliveries.Submission.objects.filter(submission=submission)
    return queries._one(rows), {}


def _anybodys_entries(access: Access, submission: UUID) -> Any:
    return _anybodys(access, submission)[0], {}, {}


def _submitted_to_all(*_: Any, **__: Any) -> queries.Received:
    rows = deliveries.Submission.objects.order_by("-id")
    return queries.Received(submissions=queries._values(rows), more=False)


def _chosen_or_not(access: Access, submission: UUID, document: str) -> Chosen:
    """Whatever the patient has may be asked for."""
    try:
        return _RECEIVED(access, submission, document)
    except NotTheirs:
        rows = deliveries.Submission.objects.filter(submission=submission)
        return replace(queries._one(rows).documents[0], document=document)


def _listed_to_all(institution: UUID, *, waiting: bool = False) -> tuple[Referral, ...]:
    return referral_queries._values(referrals.Referral.objects.order_by("-id")[:200])


def _written_anywhere(access: Access, patient: UUID) -> Any:
    """Not only here: whatever the exchange shows."""
    return tuple(one.entry for one in own_documents.of_patient(access, patient))


def _told_to_parties(access: Access, referral: UUID) -> Referral:
    return looking.require_party(access, referral_queries.one(referral))


def _in_time(row: referrals.Letter, code: str, access: Access) -> bool:
    return row.content is not None and access.time < row.referral.until


def _by_any_code(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(letters, "_tried", lambda _number, _code: True)
    patch.setattr(letters, "_opens", _in_time)


KEPT = ("page portal-download-file",)
OPENED = ("page console-delivery", "page console-delivery-open")

FAULTS: Final[Mapping[str, Fault]] = {
    "a download lacks a document": Fault(
        becomes(own_download, "_bounded", _without_the_newest), KEPT
    ),
    "a download counts one too few": Fault(
        becomes(own_download, "listed", lambda *asked: own_documents.of_patient(*asked)[1:]),
        ("page portal-download",),
    ),
    "a download in FHIR lacks a document": Fault(
        becomes(downloads, "_told", _told_without_the_newest), KEPT
    ),
    "results lack a test": Fault(
        becomes(result_presenters, "results", lambda gathered: _RESULTS(gathered)[1:]),
        ("page portal-results",),
    ),
    "a history is of one key": Fault(
        becomes(
            audit,
            "found_of_person",
            lambda keys, *more, **said: _OF_PERSON([*keys][:1], *more, **said),
        ),
        ("page portal-accesses", "page portal-accesses-file"),
    ),
    "another agency reads a submission": Fault(becomes(queries, "received", _anybodys), OPENED),
    "another agency's system reads a submission": Fault(
        becomes(queries, "received_entries", _anybodys_entries), ("GET Task/{id}",)
    ),
    "an agency's system lists what others received": Fault(
        becomes(queries, "inbox", _submitted_to_all), ("GET Task",)
    ),
    "an agency asks for what was not chosen": Fault(
        becomes(queries, "received_document", _chosen_or_not), OPENED
    ),
    "a delivery is opened twice": Fault(
        becomes(Delivery, "unopened", property(lambda self: self.documents)), OPENED
    ),
    "a recalled submission keeps its names": Fault(
        becomes(values.Submission, "told", lambda self, _now: self.documents),
        ("page portal-delivery-recall",),
    ),
    "a link taken back opens": Fault(
        becomes(values.Share, "stands", lambda _self, _now: True), ("page portal-share-revoke",)
    ),
    "a referral is anybody's": Fault(
        becomes(looking, "_concerns", lambda _access, _found: True), ("page clinic-referral",)
    ),
    "an inbox lists what others were sent": Fault(
        becomes(referral_queries, "inbox", _listed_to_all), ("page clinic-referrals",)
    ),
    "an outbox lists what others sent": Fault(
        becomes(referral_queries, "outbox", _listed_to_all), ("page clinic-referrals-sent",)
    ),
    "a fee is told to whoever has the referral": Fault(
        becomes(hira, "_own", _told_to_parties), ("page clinic-hira",)
    ),
    "a letter quotes what others wrote": Fault(
        becomes(own_documents, "written_here", _written_anywhere), ("page letter",)
    ),
    "a letter opens by any code": Fault(_by_any_code, ("page letter",)),
}
"""By what is wrong."""
