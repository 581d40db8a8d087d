"""The doors that open documents and tell what they say: CDS Hooks, the whole of a patient.

Every document of a world tells of an allergy of its own, by which it is known again.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from naru.formats.fhir.ips import ABSENT
from tests.one_answer.adapters import Kind, Question, Told, adapter
from tests.one_answer.fhir_doors import logical_id
from tests.one_answer.wire import Wire
from tests.one_answer.world import APPROVED, Thing

SOURCE = re.compile(r"DocumentReference/([0-9a-f-]{36})")
_QUOTED = re.compile(r"원문: `([^`]+)`")


def can(question: Question) -> bool:
    """What documents say is told of those that are current."""
    return question.status == (APPROVED,)


def all_that_stands(question: Question) -> Question:
    """The same, not narrowed: these doors know no filter."""
    return replace(question, status=(APPROVED,), since="", department="")


def narrowed(
    question: Question, found: Iterable[str], *, papers: bool = False, own_chart: bool = False
) -> Told:
    """What is told of the question; whatever else the door tells is judged without a filter.

    `papers`: whether the door tells of consent papers too, which say nothing of care. `own_chart`:
    whether it tells of nothing that others wrote.
    """
    told, sight = {*found}, question.sight
    whole = all_that_stands(question).documents
    if own_chart:
        whole = [one for one in whole if one.source is question.asker.place]
    meant = {one.unique_id for one in whole if sight.sees(one) and (papers or not one.is_paper)}
    assert told == meant, f"{sorted(told ^ meant)} of {len(meant)}"
    return Told().seen(*(told & {one.unique_id for one in question.documents}))


def by_words(question: Question, words: Iterable[str]) -> set[str]:
    """The documents that tell of these allergies."""
    by_allergen = {one.says: one.unique_id for one in question.world.documents if one.says}
    return {by_allergen[one] for one in words}


def _hook(question: Question, hook: str, orders: Iterable[Thing] = (), **more: Any) -> Any:
    """The EMR's question, about a patient whom it knows by the exchange's number."""
    number = question.patient.survivor.affinity_id
    identifiers = [{"system": f"urn:oid:{number.authority}", "value": number.value}]
    drafts = [
        {
            "resourceType": "MedicationRequest",
            "id": one.unique_id,
            "status": "draft",
            "intent": "order",
            "medicationCodeableConcept": {"text": f"{one.says}정"},
        }
        for one in orders
        if one.says
    ]
    return {
        "hook": hook,
        "hookInstance": str(uuid4()),
        "context": {
            "userId": "Practitioner/TEST-1",
            "patientId": "TEST-EMR-1",
            "draftOrders": {
                "resourceType": "Bundle",
                "entry": [{"resource": one} for one in drafts],
            },
            **more,
        },
        "prefetch": {"patient": {"resourceType": "Patient", "identifier": identifiers}},
    }


def _quoted(cards: Iterable[Any]) -> set[str]:
    return {found for one in cards for found in _QUOTED.findall(one["detail"])}


@adapter(Kind.DOCUMENTS, "CDS Hooks order-sign", can=can, for_patients=False, papers=False)
def orders_signed(wire: Wire, question: Question) -> Told:
    """A drug is ordered to which each document tells an allergy."""
    orders = all_that_stands(question).documents
    cards = wire.hook(question.asker, "naru-order-sign", _hook(question, "order-sign", orders))
    return narrowed(question, _quoted(cards))


@adapter(Kind.DOCUMENTS, "CDS Hooks order-select", can=can, for_patients=False, papers=False)
def orders_selected(wire: Wire, question: Question) -> Told:
    """Of those orders the ones are selected that the question is about."""
    selections = [f"MedicationRequest/{one.unique_id}" for one in question.documents]
    orders = all_that_stands(question).documents
    asked = _hook(question, "order-select", orders, selections=selections)
    return Told().seen(*_quoted(wire.hook(question.asker, "naru-order-select", asked)))


@adapter(Kind.DOCUMENTS, "CDS Hooks patient-view", can=can, for_patients=False, papers=False)
def viewed(wire: Wire, question: Question) -> Told:
    """The patient, by the exchange's own id, is opened in an EMR: a card lists the allergies."""
    asked = _hook(question, "patient-view", patientId=str(question.patient.survivor.key))
    asked["prefetch"] = {}
    cards = wire.hook(question.asker, "naru-past-history", asked)
    lines = [line for one in cards for line in one["detail"].splitlines()]
    words = {line.removeprefix("* ").partition(" · ")[0] for line in lines}
    return narrowed(question, by_words(question, words))


@adapter(Kind.DOCUMENTS, "GET Patient/{id}/$everything", can=can)
def sources_of_everything(wire: Wire, question: Question) -> Told:
    """Each document is the source of what it says, or is named as not told."""
    path = f"Patient/{question.patient.survivor.key}/$everything?_count=1000"
    answer = wire.fhir(question.asker, "GET", path)
    found = set(SOURCE.findall(answer.text)) if answer.status_code == 200 else set()
    by_id = {logical_id(one.uuid): one.unique_id for one in question.world.documents}
    return narrowed(question, (by_id[one] for one in found), papers=True)


@adapter(Kind.DOCUMENTS, "GET Patient/{id}/$summary", can=can, papers=False)
def summary(wire: Wire, question: Question) -> Told:
    """The allergies of the International Patient Summary."""
    path = f"Patient/{question.patient.survivor.key}/$summary"
    answer = wire.fhir(question.asker, "GET", path)
    if answer.status_code != 200:
        return narrowed(question, ())
    return narrowed(question, known_allergies(question, answer.content))


def known_allergies(question: Question, summary: bytes) -> set[str]:
    """The documents whose allergies an International Patient Summary lists."""
    resources = [one["resource"] for one in json.loads(summary)["entry"]]
    allergies = [one["code"] for one in resources if one["resourceType"] == "AllergyIntolerance"]
    # Where none is known the summary says that, by a code.
    known = [
        one for one in allergies if ABSENT not in {each["system"] for each in one.get("coding", ())}
    ]
    return by_words(question, (one["text"] for one in known))
