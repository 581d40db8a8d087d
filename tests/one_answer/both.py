"""One question put to the reference model and to the decision, from the same plain facts."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID, uuid5

from naru.consent.acts import Act, ActKind, Said, apply, within
from naru.consent.decision import decide
from naru.consent.policy import Policy, policy
from naru.consent.programmes import Programme, ProgrammeKind
from naru.consent.snapshots import ActId, Exclusion, Snapshot, Standing
from naru.domain import decision as asked
from naru.domain.arrangements import (
    Delivery,
    Emergency,
    EmergencyCase,
    Mandate,
    ProgrammeConsent,
    Relation,
    RelationKind,
    Relationship,
    Release,
    SameDisease,
    Sending,
)
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.consent_paper import NEEDED
from tests.one_answer import facts, model
from tests.one_answer.said import Patient

NAMES: Final = UUID("8f2c1f0e-6a51-4d0f-9d0b-8d7f6a5b4c3d")
EVER: Final = datetime(2100, 1, 1, tzinfo=UTC)
GENETIC: Final = "81247-9^^2.16.840.1.113883.6.1"
SECRET: Final = "PSY^^2.16.840.1.113883.5.4"
PSYCHIATRY: Final = "0300"
PAPER: Final = min(policy().settings.insurer_papers)
APPROVED, AGGREGATES, EVALUATION = "TEST-study", "TEST-employer", "TEST-evaluation"
RULES: Final = facts.Policy(
    insurer_papers=frozenset({PAPER}),
    hidden=frozenset({SECRET, PSYCHIATRY}),
    programmes=frozenset({APPROVED, AGGREGATES, EVALUATION}),
    evaluations=frozenset({EVALUATION}),
)
PATHS: Final = {
    "own-chart": asked.Path.OWN_CHART,
    "query": asked.Path.QUERY,
    "addressed": asked.Path.ADDRESSED_SENDING,
    "delivery": asked.Path.PATIENT_DIRECTED,
    "emergency": asked.Path.EMERGENCY,
    "statutory": asked.Path.STATUTORY_DEMAND,
    "programme": asked.Path.PROGRAMME,
}
_KINDS: Final = {
    "consent": ActKind.GRANT,
    "consent-end": ActKind.WITHDRAW,
    "exclude-end": ActKind.INCLUDE,
    "opened": ActKind.DELIVERY_OPENED,
    "delivery-end": ActKind.DELIVERY_RECALLED,
}
_SYSTEM: Final = Caller(
    role=Role.SYSTEM, purpose=PurposeOfUse.TREATMENT, assurance=Assurance.CERTIFICATE
)


def by_model(question: facts.Question, patient: Patient) -> tuple[bool, int]:
    return model.decide(question, patient, RULES)


def by_decision(question: facts.Question, patient: Patient) -> tuple[bool, int]:
    """What the program decides; its reason is not the model's matter."""
    told = decide(question_of(question, patient), standing_of(question, patient), decided_by())
    return told.permitted, told.rule


@lru_cache(maxsize=1)
def decided_by() -> Policy:
    """The policy that ships, with everything switched on and some programmes approved."""
    shipped = policy()
    day = EVER.date()
    programmes = tuple(
        Programme(
            code=code,
            name=code,
            kind=ProgrammeKind.EVALUATION if code == EVALUATION else ProgrammeKind.RESEARCH,
            approval="TEST",
            first=day.replace(year=2020),
            last=day,
            records=code != AGGREGATES,
        )
        for code in (APPROVED, AGGREGATES, EVALUATION)
    )
    settings = replace(
        shipped.settings,
        sensitive_hidden=True,
        psychiatry_hidden=True,
        insurer_roles=frozenset({Role("insurer-clerk")}),
        programmes=programmes,
    )
    return replace(shipped, settings=settings)


def question_of(q: facts.Question, p: Patient) -> asked.Question:
    """The same question as the decision takes it."""
    citizen = q.role == "patient"
    admission = asked.Admission.ADMITTED
    if not q.auditable:
        admission = asked.Admission.NOT_AUDITABLE
    elif not q.admitted:
        admission = asked.Admission.SUSPENDED
    return asked.Question(
        requester=asked.Requester(
            role=Role(q.role),
            institution=_id(q.institution) if q.institution else None,
            person=_id(q.person) if q.person else None,
            patient=_id(q.person) if citizen and q.person else None,
            admission=admission,
        ),
        patient=_id(p.id),
        item=_item(q.item),
        act=asked.Act(q.act),
        path=PATHS[q.path],
        purpose=PurposeOfUse(q.purpose),
        time=q.time,
        programme=q.programme,
    )


def standing_of(q: facts.Question, p: Patient) -> Standing:
    """What stands of the same acts, as the program keeps them, when the question is asked."""
    said = [*p.acts, *_ticked(q)]
    said += _of_care(q)
    said.sort(key=lambda one: one.time)
    relations = tuple(
        Relation(
            institution=_id(one.at),
            kind=RelationKind.RECEPTION,
            since=one.since,
            until=one.until,
        )
        for one in p.relations
    )
    return Standing(snapshot=_folded(p.id, tuple(said)), relations=relations, birth_date=p.born)


def _of_care(q: facts.Question) -> Iterator[facts.Act]:
    """Who is to have genetic items asked for them, as an act of its own."""
    to = q.item.sending.to if q.item.sending else frozenset()
    for one in {q.institution} if q.act == "read" else to:
        if q.same_disease and one is not None:
            yield facts.Act(kind="same-disease", time=q.time, at=one, key=("disease", one))


def _ticked(q: facts.Question) -> Iterator[facts.Act]:
    """What was ticked for a sending, as an act of its own."""
    sent = q.item.sending
    for to in sorted(sent.to, key=str) if sent and (sent.ticked or sent.warned) else ():
        assert sent is not None
        yield facts.Act(
            kind="sending",
            time=sent.warned or sent.time,
            key=to,
            at=to,
            holder=q.item.institution,
            form=f"{'older ' if sent.ticked else ''}{'warned' if sent.warned else ''}",
        )


@lru_cache(maxsize=65536)
def _folded(patient: object, said: tuple[facts.Act, ...]) -> Snapshot | None:
    now: Snapshot | None = None
    for one in said:
        if one.kind == "consent" and not one.boxes >= {str(box) for box in NEEDED}:
            continue  # It is refused, and never becomes an act: see in tests/exchange.
        before = now or Snapshot(consented=False, from_date=None, act=_id("none"))  # type: ignore[arg-type]  # No act yet.
        act = act_of(_id(patient), one)
        now = apply(within(act, before, decided_by().earliest_from_date), before)
    return now


def forget() -> None:
    """Fold anew from here on: a fault was planted in the program, or taken out of it."""
    _folded.cache_clear()


def act_of(patient: UUID, one: facts.Act) -> Act:
    """The same act as the program keeps it."""
    about = _ABOUT.get(one.kind, _ends)
    return Act(
        id=ActId(_id((one.kind, one.key, one.time))),
        kind=_KINDS.get(one.kind) or ActKind(one.kind),
        patient=patient,
        actor=replace(_SYSTEM, institution=_id(one.holder) if one.holder else None),
        text_version="TEST-1",
        time=one.time,
        **about(one),
    )


def _bound(one: facts.Act) -> dict[str, Any]:
    return {
        "id": _id(one.key),
        "since": one.begins or one.time,
        "until": one.expires or EVER,
    }


def _ends(one: facts.Act) -> dict[str, Any]:
    return {"ends": _id(one.key) if one.key else None}


def _consent(one: facts.Act) -> dict[str, Any]:
    evaluation = "evaluation" in one.boxes
    return {"from_date": one.since, "until": one.until, "said": Said(evaluation=evaluation)}


def _excluded(one: facts.Act) -> dict[str, Any]:
    key = one.key
    return {
        "exclusion": Exclusion(
            source=_id(key.source) if key.source else None,
            viewer=_id(key.viewer) if key.viewer else None,
            department=key.department,
            document=key.document,
        )
    }


def _died(one: facts.Act) -> dict[str, Any]:
    return {"from_date": facts.day_in_korea(one.time)}


def _mandated(one: facts.Act) -> dict[str, Any]:
    return {
        "mandate": Mandate(
            id=_id(one.key),
            representative=_id(one.who),
            relationship=Relationship(one.form),
            first=one.since,
            last=one.until,
            scope=_scope(one.bounds),
        )
    }


def _in_emergency(one: facts.Act) -> dict[str, Any]:
    longest = one.time + timedelta(hours=24)
    bound = {**_bound(one), "until": min(one.expires or longest, longest)}
    return {
        "emergency": Emergency(
            **bound,
            institution=_id(one.at),
            person=_id(one.who),
            case=EmergencyCase(one.form),
            reason="TEST",
        )
    }


def _released(one: facts.Act) -> dict[str, Any]:
    # A privacy officer releases what their own institution holds, and nothing else.
    scope = replace(_scope(one.bounds), institutions=frozenset({_id(one.holder)}))
    recipient = _id(one.at)
    case = _id(one.key)
    return {
        "release": Release(
            **_bound(one), case=case, clause="TEST", recipient=recipient, scope=scope
        )
    }


def _delivered(one: facts.Act) -> dict[str, Any]:
    documents = frozenset(map(str, one.bounds.documents))
    return {"delivery": Delivery(**_bound(one), recipient=_id(one.at), documents=documents)}


def _opened(one: facts.Act) -> dict[str, Any]:
    return {**_ends(one), "documents": frozenset({str(one.who)})}


def _ticked_for(one: facts.Act) -> dict[str, Any]:
    return {
        "sending": Sending(
            **_bound(one),
            sender=_id(one.holder),
            recipient=_id(one.at),
            older="older" in one.form,
            despite_exclusions="warned" in one.form,
        )
    }


def _of_same_disease(one: facts.Act) -> dict[str, Any]:
    found = SameDisease(**_bound(one), institution=_id(one.at), disease="TEST")
    return {"same_disease": found}


def _joined(one: facts.Act) -> dict[str, Any]:
    return {"programme": ProgrammeConsent(**_bound(one), programme=one.key)}


_ABOUT: Final[dict[str, Callable[[facts.Act], dict[str, Any]]]] = {
    "consent": _consent,
    "exclude": _excluded,
    "exclude-end": _excluded,
    "death": _died,
    "mandate": _mandated,
    "emergency": _in_emergency,
    "release": _released,
    "delivery": _delivered,
    "opened": _opened,
    "sending": _ticked_for,
    "same-disease": _of_same_disease,
    "programme": _joined,
}


def _scope(bounds: facts.Bounds) -> asked.Scope:
    return asked.Scope(
        institutions=frozenset(map(_id, bounds.institutions)),
        departments=frozenset(map(str, bounds.departments)),
        kinds=frozenset(map(str, bounds.kinds)),
        documents=frozenset(map(str, bounds.documents)),
        first=bounds.first,
        last=bounds.last,
    )


def _item(item: facts.Item) -> asked.Item:
    sent = item.sending
    return asked.Item(
        institution=_id(item.institution),
        event_date=item.day,
        department=item.department if item.department is None else str(item.department),
        kind=GENETIC if item.genetic else item.kind,
        confidentiality=(item.confidentiality,) if item.confidentiality else (),
        document=str(item.id),
        recipients=tuple(sorted(map(_id, sent.to))) if sent else (),
        registered=sent.time if sent else None,
        consent_document=item.consent_document,
    )


def _id(name: object) -> UUID:
    return name if isinstance(name, UUID) else uuid5(NAMES, str(name))
