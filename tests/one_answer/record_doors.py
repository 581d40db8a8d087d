"""The FHIR doors to single records; each interaction is the same for every type."""

from functools import partial
from typing import Any

from tests.one_answer.adapters import Kind, Question, Told, adapter
from tests.one_answer.fhir_doors import who
from tests.one_answer.wire import Wire, shape

NO_RECORD = "00000000-0000-4000-8000-000000000000"
TYPES = ("Observation", "Condition", "Appointment")


def found(wire: Wire, question: Question, way: str) -> Told:
    told = Told()
    for kind in TYPES:
        asked = who(question, by_key=way == "post")
        ids = [one["id"] for one in wire.pages(question.asker, kind, asked, by=way)]
        told.seen(*(f"{kind}/{one}" for one in ids))
    return told


def found_by_id(wire: Wire, question: Question) -> Told:
    """Each by its own id, without a word of whose it is."""
    told = Told()
    asked = [(one.type, one.id) for one in question.records] + [(TYPES[0], NO_RECORD)]
    for kind, id_ in asked:
        found = wire.pages(question.asker, kind, {"_id": id_}, by="get")
        told.seen(*(f"{kind}/{each['id']}" for each in found))
    return told


def read(wire: Wire, question: Question, path: str) -> Told:
    told = Told()
    asked = [(one.type, one.id) for one in question.records] + [(TYPES[0], NO_RECORD)]
    for kind, id_ in asked:
        answer = wire.fhir(question.asker, "GET", f"{kind}/{path.format(id_)}")
        if answer.status_code == 200:
            told.seen(f"{kind}/{id_}")
        else:
            told.unseen.add(shape(answer, id_))
    return told


for _way in ("get", "post", "page"):
    _door = "POST {record}/_search" if _way == "post" else "GET {record}"
    adapter(Kind.RECORDS, _door)(partial(found, way=_way))
adapter(Kind.RECORDS, "GET {record}")(found_by_id)
for _name, _path in (
    ("GET {record}/{id}", "{}"),
    ("GET {record}/{id}/_history/{vid}", "{}/_history/1"),
    ("GET {record}/{id}/_history", "{}/_history"),
):
    adapter(Kind.RECORDS, _name)(partial(read, path=_path))


@adapter(Kind.RECORDS, "GET {record}/{id}/$validate")
def judged(wire: Wire, question: Question) -> Told:
    """A judgement is told of what may be read."""
    return read(wire, question, "{}/$validate")


@adapter(Kind.RECORDS, "GET Patient/{id}/$everything")
def everything(wire: Wire, question: Question) -> Told:
    """The records of the whole; of whom the asker may not know, there is nothing."""
    answer = wire.fhir(
        question.asker, "GET", f"Patient/{question.patient.survivor.key}/$everything?_count=1000"
    )
    if answer.status_code != 200:
        return Told()
    found = [one["resource"] for one in answer.json().get("entry", ())]
    ids = {f"{one.type}/{one.id}" for one in question.records}
    named = (f"{one['resourceType']}/{one.get('id')}" for one in found)
    return Told().seen(*(one for one in named if one in ids))


@adapter(Kind.RECORDS, "PUT {record}/{id}", "DELETE {record}/{id}", for_patients=False)
def unknown_to_who_did_not_write_it(wire: Wire, question: Question) -> Told:
    """Nobody changes another's record, nor learns by trying to that it is there.

    What it tells is what a read tells; that nothing was changed shows in every answer after it.
    """
    unseen: set[str] = set()
    others = [one for one in question.records if one.source is not question.asker.place]
    asked = [(one.type, one.id) for one in others] + [(TYPES[0], NO_RECORD)]
    for method in ("PUT", "DELETE"):
        for kind, id_ in asked:
            sent = _written(kind, id_) if method == "PUT" else None
            answer = wire.fhir(question.asker, method, f"{kind}/{id_}", json=sent)
            assert answer.status_code == 404, answer.text
            unseen.add(shape(answer, id_))
    told = read(wire, question, "{}")
    assert len(unseen) <= len(("PUT", "DELETE")), unseen
    return told


def _written(kind: str, id_: str) -> dict[str, Any]:
    whose = {"identifier": {"system": "urn:oid:2.999.100", "value": "TEST-0"}}
    if kind == "Appointment":
        who = [{"actor": {"type": "Patient", **whose}, "status": "accepted"}]
        return {"resourceType": kind, "id": id_, "status": "proposed", "participant": who}
    said: dict[str, Any] = {"resourceType": kind, "id": id_, "code": {"text": "시험"}}
    said["subject"] = whose
    return {**said, "status": "final"} if kind == "Observation" else said
