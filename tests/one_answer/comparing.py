"""What each door must tell of a question, and whether it does."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from naru.domain.caller import Role
from tests.one_answer.adapters import ADAPTERS, SEEN, Adapter, Kind, Question, Told
from tests.one_answer.test_doors import ROOMS
from tests.one_answer.wire import NotAdmitted, Wire
from tests.one_answer.world import DEPRECATED, Record, Thing

assert ROOMS  # Each has told of its adapters.


def expected(one: Adapter, question: Question) -> dict[str, str]:
    """What the model says that this adapter tells."""
    sight = question.sight
    if one.kind is Kind.DOCUMENTS:
        return {
            each.unique_id: _became(one, each)
            for each in question.documents
            if sight.sees(each)
            and (one.papers or not each.is_paper)
            and (not one.own_chart or each.source is question.asker.place)
            and (not one.by_name or question.asker.place in each.parties)
        }
    if one.kind is Kind.LINKS:
        return _seen(str(each) for each in question.links if sight.sees_link(each))
    if one.kind is Kind.IDENTIFIERS and not sight.may_ask(question.patient):
        return {"": "unknown"}
    if one.kind is Kind.IDENTIFIERS:
        return _seen(
            str(each.own)
            for each in question.world.members(question.patient)
            if sight.learns(each, each.home)
        )
    if one.kind is Kind.PEOPLE:
        return _seen(_named(question))
    things: dict[Kind, Sequence[Thing | Record]] = {
        Kind.SETS: question.sets,
        Kind.FOLDERS: question.folders,
        Kind.RECORDS: question.records,
        Kind.TOLD: (),
    }
    return _seen(each.unique_id for each in things[one.kind] if sight.sees(each))


def _named(question: Question) -> Iterator[str]:
    """By which numbers a person is told who is found by name, or by the exchange's own id."""
    sight, found = question.sight, question.world.members(question.patient)
    if not sight.may_ask(question.patient):
        return
    yield str(question.patient.survivor.affinity_id)
    yield from (str(one.own) for one in found if sight.learns(one, one.home))


def _became(one: Adapter, thing: Thing) -> str:
    if not one.opened:
        return SEEN
    if thing.status is DEPRECATED and "GET Binary/{id}" in one.doors:
        return "gone"
    return f"opened {sha256(thing.content).hexdigest()}"


def _seen(unique_ids: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(unique_ids, SEEN)


def is_open(one: Adapter, question: Question) -> bool:
    """Whether the door opens for such an asker at all."""
    asker = question.asker
    own = asker.role in {Role.PATIENT, Role.REPRESENTATIVE}
    return asker.admitted and (one.for_patients or not own)


def ask(wire: Wire, one: Adapter, question: Question) -> Told | None:
    """The answer; None where the door refuses the asker."""
    try:
        return one.ask(wire, question)
    except NotAdmitted:
        return None


def compare(wire: Wire, question: Question, beside: Question | None = None) -> None:
    """Ask at every door and compare; but for those that can answer another question `beside`."""
    for one in ADAPTERS:
        if not one.can(question) or (beside is not None and one.can(beside)):
            continue
        told = ask(wire, one, question)
        assert (told is not None) == is_open(one, question), f"{one.doors} opened to a stranger"
        if told is None:
            continue
        assert len(told.unseen) <= 1, f"{one.doors} tell apart what is not shown: {told.unseen}"
        meant = expected(one, question)
        odd = set(told.outcomes.items()) ^ set(meant.items())
        assert not odd, f"{one.doors}: {sorted(odd)[:4]} of {len(meant)}"
