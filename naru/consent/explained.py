"""What each switch does, asked of the decision itself, for the page that tells patients."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from naru.consent.acts import Act, ActKind, apply
from naru.consent.decision import decide
from naru.consent.policy import Policy
from naru.consent.snapshots import ActId, Exclusion, Snapshot, Standing
from naru.domain.arrangements import Emergency, EmergencyCase, Relation, RelationKind
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.decision import Act as Asked
from naru.domain.decision import Item, Path, Question, Requester

_PATIENT, _A, _B, _C, _DOCTOR = (UUID(int=number) for number in range(1, 6))
_SIGNED: Final = datetime(2026, 11, 20, 1, tzinfo=UTC)
_ASKED: Final = _SIGNED + timedelta(days=40)
_DAY: Final = date(2026, 11, 25)
_SCHEME: Final = "http://www.hl7korea.or.kr/CodeSystem/hira-medical-department"
_MEDICINE, _PSYCHIATRY = (f"{code}^^{_SCHEME}" for code in ("01", "03"))
_HERSELF: Final = Caller(
    role=Role.PATIENT,
    purpose=PurposeOfUse.PATIENT_REQUEST,
    assurance=Assurance.SESSION,
    patient=_PATIENT,
)


def table(policy: Policy) -> Mapping[str, Mapping[str, bool]]:
    """For each switch, by its code, which of the questions it lets through, by theirs."""
    return {
        switch: {name: ask(snapshot, policy) for name, ask in _QUESTIONS.items()}
        for switch, snapshot in _switches().items()
    }


def _switches() -> dict[str, Snapshot | None]:
    granted = _after([_said(ActKind.GRANT, from_date=_SIGNED.date())])
    out = {
        "department": Exclusion(department=_PSYCHIATRY),
        "department-at": Exclusion(source=_A, department=_PSYCHIATRY),
        "source": Exclusion(source=_A),
        "viewer": Exclusion(viewer=_B),
        "document": Exclusion(document="medicine"),
    }
    excluded: dict[str, Snapshot | None] = {
        name: _after([_said(ActKind.EXCLUDE, exclusion=one)], granted) for name, one in out.items()
    }
    ends = _said(ActKind.GRANT, from_date=_SIGNED.date(), until=_SIGNED.date() + timedelta(days=30))
    lifted = _said(ActKind.INCLUDE, exclusion=out["department"])
    return {
        "silent": None,
        "grant": granted,
        "until": _after([ends]),
        "withdraw": _after([_said(ActKind.WITHDRAW)], granted),
        **excluded,
        "include": _after([lifted], excluded["department"]),
        "never-in-emergency": _after([_said(ActKind.NEVER_IN_EMERGENCY)], granted),
    }


def _said(kind: ActKind, **more: object) -> Act:
    plain = Act(
        id=ActId(UUID(int=99)),
        kind=kind,
        patient=_PATIENT,
        actor=_HERSELF,
        text_version="",
        time=_SIGNED,
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # Named fields of an act.


def _after(acts: list[Act], before: Snapshot | None = None) -> Snapshot:
    stands = before or Snapshot(consented=False, from_date=None, act=acts[0].id)
    for act in acts:
        stands = apply(act, stands)
    return stands


def _query(
    snapshot: Snapshot | None, policy: Policy, *, asks: UUID, item: Item, path: Path = Path.QUERY
) -> bool:
    emergency = path is Path.EMERGENCY
    stands = _opened(snapshot) if emergency else snapshot
    relation = Relation(institution=asks, kind=RelationKind.RECEPTION, since=_ASKED, until=_ASKED)
    question = Question(
        requester=Requester(role=Role.DOCTOR, institution=asks, person=_DOCTOR),
        patient=_PATIENT,
        item=item,
        act=Asked.READ,
        path=path,
        purpose=PurposeOfUse.EMERGENCY_TREATMENT if emergency else PurposeOfUse.TREATMENT,
        time=_ASKED,
    )
    standing = Standing(snapshot=stands, relations=() if emergency else (relation,))
    return decide(question, standing, policy).permitted


def _opened(snapshot: Snapshot | None) -> Snapshot:
    """The same, with the record opened in an emergency."""
    stands = snapshot or Snapshot(consented=False, from_date=None, act=ActId(UUID(int=98)))
    opened = Emergency(
        id=UUID(int=97),
        since=_ASKED,
        until=_ASKED + timedelta(hours=1),
        institution=_B,
        person=_DOCTOR,
        case=EmergencyCase.UNCONSCIOUS,
        reason="",
    )
    return replace(stands, arrangements=replace(stands.arrangements, emergencies=(opened,)))


def _own(snapshot: Snapshot | None, policy: Policy) -> bool:
    question = Question(
        requester=Requester(role=Role.PATIENT, patient=_PATIENT),
        patient=_PATIENT,
        item=_item(_A, _MEDICINE),
        act=Asked.READ,
        path=Path.QUERY,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        time=_ASKED,
    )
    grown = Standing(snapshot=snapshot, birth_date=date(1970, 1, 1))
    return decide(question, grown, policy).permitted


def _item(institution: UUID, department: str, day: date = _DAY) -> Item:
    return Item(
        institution=institution,
        event_date=day,
        department=department,
        document="medicine" if (institution, department) == (_A, _MEDICINE) else "other",
        registered=_SIGNED,
    )


_QUESTIONS: Final[Mapping[str, Callable[[Snapshot | None, Policy], bool]]] = {
    "medicine": partial(_query, asks=_B, item=_item(_A, _MEDICINE)),
    "psychiatry": partial(_query, asks=_B, item=_item(_A, _PSYCHIATRY)),
    "elsewhere": partial(_query, asks=_B, item=_item(_C, _PSYCHIATRY)),
    "third": partial(_query, asks=_C, item=_item(_A, _MEDICINE)),
    "old": partial(_query, asks=_B, item=_item(_A, _MEDICINE, _SIGNED.date() - timedelta(days=1))),
    "emergency": partial(_query, asks=_B, item=_item(_A, _MEDICINE), path=Path.EMERGENCY),
    "own-chart": partial(_query, asks=_A, item=_item(_A, _MEDICINE), path=Path.OWN_CHART),
    "myself": _own,
}
