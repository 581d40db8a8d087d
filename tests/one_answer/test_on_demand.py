"""What is assembled on demand holds what its asker may see at that moment, and nothing else."""

import pytest

from naru.domain.dtm import from_datetime
from naru.domain.korea import korean_day
from naru.domain.stored_query import FindDocuments, GetDocuments, ReturnType
from naru.domain.xds import AvailabilityStatus, DocumentEntryType, DocumentRequest
from naru.exchange.documents.register import register
from naru.formats.ebxml import retrieve
from tests.end_to_end.wire import REPOSITORY, RETRIEVE_ACTION, given
from tests.one_answer.adapters import Question
from tests.one_answer.fhir_doors import logical_id
from tests.one_answer.iti_doors import stored
from tests.one_answer.places import Asker, Place, Places
from tests.one_answer.test_told_worlds import ACTS, Act, consents
from tests.one_answer.wire import Wire
from tests.one_answer.world import Patient, Thing, World
from tests.registry.synthetic import code, entry, in_the_name_of, submission

NOTHING = {"creation_time": None, "hash": None, "size": None, "service_start_time": None}
ON_DEMAND = (DocumentEntryType.ON_DEMAND,)
APPROVED = (AvailabilityStatus.APPROVED,)


def offers(world: World, source: Place, patient: Patient) -> Thing:
    """The hospital tells that its overview of the patient can be had."""
    time = world.passes()
    offered = entry(
        patient.affinity_id,
        "overview",
        object_type=DocumentEntryType.ON_DEMAND,
        repository_unique_id=source.repository,
        service_stop_time=None,
        practice_setting_code=code("overview"),
        **NOTHING,
    )
    sent = in_the_name_of(
        submission(patient.affinity_id, offered, submission_time=from_datetime(time)), source.oid
    )
    (kept,) = register(source.access(time, "ITI-61"), sent, on_demand=True).submission.entries
    return Thing(
        unique_id=kept.unique_id,
        uuid=kept.entry_uuid,
        patient=patient,
        told_of=patient,
        source=source,
        day=korean_day(time),
        registered=time,
        department="overview",
    )


def opened(wire: Wire, asker: Asker, unique_id: str, repository: str) -> str:
    """What ITI-43 gives of it; empty where nothing is given."""
    asked = [DocumentRequest(repository_unique_id=repository, document_unique_id=unique_id)]
    answer = wire.soap(asker, REPOSITORY, RETRIEVE_ACTION, retrieve.request_to_ebxml(asked))
    return "".join(octets.decode() for _, octets in given(answer))


def shown(wire: Wire, question: Question, overview: Thing) -> set[bool]:
    """Whether it is shown, by each door that tells of such entries."""
    patient = question.patient.affinity_id
    find = FindDocuments(patient_id=patient, status=APPROVED, object_types=ON_DEMAND)
    get = GetDocuments(entry_uuids=(overview.uuid,))
    found = [stored(wire, question, one, ReturnType.LEAF_CLASS).entries for one in (find, get)]
    read = wire.fhir(question.asker, "GET", f"DocumentReference/{logical_id(overview.uuid)}")
    return {*(bool(one) for one in found), read.status_code == 200}


def require_what_the_model_says(wire: Wire, question: Question, overview: Thing) -> str:
    """Ask at every door, and answer what was opened."""
    sight, source = question.sight, overview.source
    visible = sight.sees(overview)
    assert shown(wire, question, overview) == {visible}
    content = opened(wire, question.asker, overview.unique_id, source.repository)
    binary = wire.fhir(question.asker, "GET", f"Binary/{logical_id(overview.uuid)}")
    assert bool(content) == (binary.status_code == 200) == visible
    own = [one for one in question.documents if one.source is source]
    told = {one.unique_id for one in own if one.unique_id in content}
    current = {one.unique_id for one in own if one.status is AvailabilityStatus.APPROVED}
    assert told == {one.unique_id for one in own if visible and sight.sees(one)} & current
    assert not any(one.unique_id in binary.text for one in own if not sight.sees(one))
    return content


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_an_overview_tells_only_of_what_may_be_seen(places: Places, wire: Wire, act: Act) -> None:
    world = World(places.hospitals)
    source, viewer, other = places.hospitals
    patient = world.patient(source)
    consents(world, patient)
    day = korean_day(world.clock)
    assert world.sends(source, patient, [day, day], departments=("internal", "surgery"))
    overview = offers(world, source, patient)
    questions = [
        Question(world=world, asker=Asker(one), patient=patient) for one in (viewer, other)
    ]
    for one in questions:
        before = require_what_the_model_says(wire, one, overview)
        assert all(each.unique_id in before for each in world.documents)

    act(world, patient)
    for one in questions:
        require_what_the_model_says(wire, one, overview)
