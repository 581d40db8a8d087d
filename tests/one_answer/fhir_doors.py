"""The FHIR doors to documents, lists and single records."""

from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any

from naru.domain.xds import AvailabilityStatus
from naru.formats.fhir.mhd import profiles
from tests.one_answer.adapters import NOBODY, Kind, Question, Told, adapter
from tests.one_answer.wire import Wire, shape
from tests.one_answer.world import APPROVED, DEPRECATED

CURRENT = {APPROVED: "current", DEPRECATED: "superseded"}
WAYS = {"get": "GET {}", "post": "POST {}/_search", "page": "GET {}"}


def logical_id(uuid: str) -> str:
    return uuid.removeprefix("urn:uuid:")


def statuses(found: tuple[AvailabilityStatus, ...]) -> str:
    return ",".join(CURRENT[one] for one in found)


def who(question: Question, *, by_key: bool) -> dict[str, str]:
    patient = question.patient.survivor
    if by_key:
        return {"patient": f"Patient/{patient.key}"}
    number = patient.affinity_id
    return {"patient.identifier": f"urn:oid:{number.authority}|{number.value}"}


def unique(resource: Any) -> str:
    """The uniqueId of a DocumentReference or List."""
    if resource["resourceType"] == "DocumentReference":
        return str(resource["masterIdentifier"]["value"]).removeprefix("urn:oid:")
    (usual,) = [
        one["value"]
        for one in resource["identifier"]
        if one["system"] == "urn:ietf:rfc:3986" and one["value"].startswith("urn:oid:")
    ]
    return str(usual).removeprefix("urn:oid:")


def references(wire: Wire, question: Question, way: str) -> list[Any]:
    asked = {**who(question, by_key=way == "get"), "status": statuses(question.status)}
    if question.since:
        day, time = question.since[:8], question.since[8:]
        asked["creation"] = f"ge{day[:4]}-{day[4:6]}-{day[6:]}T{time[:2]}:{time[2:4]}:{time[4:6]}Z"
    if question.department:
        asked["setting"] = f"urn:oid:2.999.3|{question.department}"
    return list(wire.pages(question.asker, "DocumentReference", asked, by=way))


def found_references(wire: Wire, question: Question, way: str) -> Told:
    return Told().seen(*map(unique, references(wire, question, way)))


def lists(wire: Wire, question: Question, way: str, code: str) -> Told:
    asked = {
        **who(question, by_key=way == "get"),
        "status": statuses(question.status),
        "code": f"{profiles.LIST_TYPES}|{code}",
    }
    found = list(wire.pages(question.asker, "List", asked, by=way))
    _require_whole(question, found)
    return Told().seen(*map(unique, found))


def _require_whole(question: Question, found: list[Any]) -> None:
    """A List that is shown refers to all that is in it."""
    world = question.world
    by_id = {logical_id(one.uuid): one for one in (*world.sets, *world.folders)}
    for one in found:
        told = {each["item"]["reference"].partition("/")[2] for each in one.get("entry", ())}
        whole = {logical_id(each.uuid) for each in by_id[one["id"]].members}
        assert told == whole, f"{one['id']} refers to {told} of {whole}"


for _way, _door in WAYS.items():
    adapter(Kind.DOCUMENTS, _door.format("DocumentReference"))(partial(found_references, way=_way))
    adapter(Kind.SETS, _door.format("List"))(partial(lists, way=_way, code="submissionset"))
    adapter(Kind.FOLDERS, _door.format("List"))(partial(lists, way=_way, code="folder"))


@adapter(Kind.DOCUMENTS, "GET DocumentReference/{id}")
def read_references(wire: Wire, question: Question) -> Told:
    return _read(wire, question, "DocumentReference", [one.uuid for one in question.documents])


@adapter(Kind.SETS, "GET List/{id}")
def read_sets(wire: Wire, question: Question) -> Told:
    return _read(wire, question, "List", [one.uuid for one in question.sets])


@adapter(Kind.FOLDERS, "GET List/{id}")
def read_folders(wire: Wire, question: Question) -> Told:
    return _read(wire, question, "List", [one.uuid for one in question.folders])


def _read(wire: Wire, question: Question, kind: str, uuids: list[str]) -> Told:
    told = Told()
    for uuid in (*uuids, NOBODY):
        answer = wire.fhir(question.asker, "GET", f"{kind}/{logical_id(uuid)}")
        if answer.status_code == 200:
            told.seen(unique(answer.json()))
        else:
            told.unseen.add(shape(answer, logical_id(uuid)))
    return told


@adapter(Kind.LINKS, "GET DocumentReference")
def relations(wire: Wire, question: Question) -> Told:
    """What `relatesTo` says of each document."""
    told = Told()
    names = {"replaces": "RPLC", "appends": "APND"}
    documents = {logical_id(one.uuid): one.unique_id for one in question.world.documents}
    every = replace(question, status=(APPROVED, DEPRECATED), since="", department="")
    for one in references(wire, every, "get"):
        for each in one.get("relatesTo", ()):
            target = each["target"]["reference"].rpartition("/")[2]
            told.seen(f"{unique(one)} {names[each['code']]} {documents[target]}")
    return told


@adapter(Kind.DOCUMENTS, "GET Binary/{id}", opened=True)
def binaries(wire: Wire, question: Question) -> Told:
    """ITI-68; of what is superseded it tells that it is gone, to who may know."""
    told = Told()
    for one in question.documents:
        answer = wire.fhir(question.asker, "GET", f"Binary/{logical_id(one.uuid)}")
        if answer.status_code == 200:
            told.outcomes[one.unique_id] = f"opened {sha256(answer.content).hexdigest()}"
        elif answer.status_code == 410:
            assert one.status is DEPRECATED
            told.outcomes[one.unique_id] = "gone"
        else:
            told.unseen.add(shape(answer, logical_id(one.uuid)))
    nobody = wire.fhir(question.asker, "GET", f"Binary/{logical_id(NOBODY)}")
    told.unseen.add(shape(nobody, logical_id(NOBODY)))
    return told
