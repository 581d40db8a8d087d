"""The crossing in words: what stands at both hospitals, and what has just happened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from naru.audit.queries import Crossing
from naru.clinic.presenters import created, title_of
from naru.consent.acts import Act, ActKind
from naru.demo import cast, commands
from naru.demo.population import NEWCOMER, PATIENT
from naru.demo.story import Story
from naru.domain.caller import Role
from naru.domain.privacy_policies import privacy_policies
from naru.domain.xds import DocumentEntry
from naru.exchange import prove
from naru.exchange.standing import Standing
from naru.portal.acts import CONSENT
from naru.portal.presenters import Proof, denied, in_words, institution_name, proof_of, since
from naru.ui.clock import clock, moment
from naru.ui.korean import as_subject
from naru.ui.sizes import in_words as size_in_words

STEPS: Final = 30
"""How many of the newest steps the page tells at first; a link leads to as many more."""


_TOLD: Final = frozenset({"ITI-18", "ITI-41", "ITI-43"})
_CHANGES: Final = frozenset({"ITI-41", CONSENT, commands.RECORD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was found a moment ago: by the receiver, by the patient, and in the audit trail."""

    received: Sequence[DocumentEntry]
    known: Sequence[DocumentEntry]
    crossings: Sequence[Crossing]
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document as it stands at a hospital."""

    tag: str
    state: str
    title: str
    said: str
    when: str
    size: str
    seen: bool = False
    repository: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A hospital of the story."""

    name: str
    hub: str
    paper: Paper | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened, with its proof and the command that does the same."""

    number: int
    sentence: str
    transaction: str
    when: str
    times: int
    stopped: bool
    proof: Proof | None
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The demo's one page."""

    patient: str
    on: bool
    standing: str
    since: str
    sender: Place
    receiver: Place
    steps: tuple[Step, ...]
    more: int
    """How many steps a longer page would tell; 0 where all are told."""
    newcomer: str
    """Who can sign up by 본인확인."""
    may_sign_in: bool
    """Whether a provider of 본인확인 is there, so that the reader can sign in so."""


def page(story: Story, seen: Seen, steps: int = STEPS) -> Page:
    """Everything that the page shows, from what was found a moment ago."""
    sent = _sent(story, seen)
    kinds = _counted(one for one in reversed(seen.crossings) if _is_told(one))
    return Page(
        patient=PATIENT.name,
        on=seen.standing.consented,
        standing=in_words(seen.standing),
        since=since(seen.standing),
        sender=Place(
            name=_(cast.IEUM.name),
            hub=_(cast.EAST.repository_name),
            paper=_as_sent(sent) if sent else None,
        ),
        receiver=Place(
            name=_(cast.PUREUN.name),
            hub=_(cast.WEST.repository_name),
            paper=_as_received(story, seen),
        ),
        steps=_steps(story, seen, kinds, steps),
        more=steps + STEPS if len(kinds) > steps else 0,
        newcomer=NEWCOMER.name,
        may_sign_in=bool(settings.NARU.identity_provider),
    )


def _sent(story: Story, seen: Seen) -> DocumentEntry | None:
    """The newest document that the sender sent."""
    sent = {
        document
        for crossing in seen.crossings
        if crossing.institution == story.sender and crossing.transaction == "ITI-41"
        for document in crossing.documents
    }
    return _newest(entry for entry in seen.known if entry.unique_id in sent)


def _newest(entries: Iterable[DocumentEntry]) -> DocumentEntry | None:
    policies = privacy_policies()
    documents = [entry for entry in entries if not policies.is_consent_document(entry)]
    return documents[-1] if documents else None


def _as_sent(entry: DocumentEntry) -> Paper:
    return replace(_paper(entry), tag="info", state=_("보냄"))


def _as_received(story: Story, seen: Seen) -> Paper | None:
    entry = _newest(seen.received)
    if entry is None:
        return None
    opened = _opened(story, seen.crossings, entry.unique_id)
    if opened is None:
        said = _("동의를 확인했습니다. 아직 열지 않았습니다.")
        return replace(_paper(entry), tag="info", state=_("볼 수 있음"), said=said)
    return replace(
        _paper(entry),
        tag="ok",
        state=_("열람함"),
        said=_("%(when)s에 열람했습니다.") % {"when": clock(opened.time)},
        seen=True,
    )


def _opened(story: Story, crossings: Sequence[Crossing], document: str) -> Crossing | None:
    return next(
        (
            one
            for one in crossings
            if one.institution == story.receiver
            and one.transaction == "ITI-43"
            and document in one.documents
        ),
        None,
    )


def _paper(entry: DocumentEntry) -> Paper:
    made = created(entry)
    return Paper(
        tag="",
        state="",
        title=title_of(entry),
        said="",
        when=moment(made) if made else "",
        size=size_in_words(entry.size or 0),
        repository=entry.repository_unique_id or "",
        document=entry.unique_id,
    )


def _steps(
    story: Story, seen: Seen, kinds: Sequence[Sequence[Crossing]], steps: int
) -> tuple[Step, ...]:
    """The newest steps in the order in which they happened; the same one again is counted."""
    first = max(len(kinds) - steps, 0)
    acts: dict[UUID, Act] = {act.id: act for act in seen.standing.acts}
    return tuple(
        _step(story, acts, number, same)
        for number, same in enumerate(kinds[first:], start=first + 1)
    )


def _counted(told: Iterable[Crossing]) -> list[list[Crossing]]:
    """What happened, each with what only happened again before anything had changed."""
    kinds: list[list[Crossing]] = []
    since_change: dict[tuple[object, ...], list[Crossing]] = {}
    for crossing in told:
        if crossing.transaction in _CHANGES:
            since_change.clear()
            kinds.append([crossing])
        elif _kind(crossing) in since_change:
            since_change[_kind(crossing)].append(crossing)
        else:
            since_change[_kind(crossing)] = [crossing]
            kinds.append(since_change[_kind(crossing)])
    return kinds


def _is_told(crossing: Crossing) -> bool:
    """Neither looks of the patient's own nor what only settles a number are steps of a record."""
    if crossing.role is Role.PATIENT:
        return crossing.transaction == CONSENT
    return crossing.transaction in _TOLD or commands.is_reception(crossing)


def _kind(crossing: Crossing) -> tuple[object, ...]:
    return crossing.institution, crossing.transaction, denied(crossing), crossing.documents


def _step(story: Story, acts: Mapping[UUID, Act], number: int, same: Sequence[Crossing]) -> Step:
    first = same[0]
    evidence = prove.evidence(first)
    act = acts.get(evidence.consent_act) if evidence.consent_act else None
    return Step(
        number=number,
        sentence=_sentence(first, act),
        transaction="" if first.transaction == CONSENT else first.transaction,
        when=clock(first.time),
        times=1 if first.transaction == "ITI-18" else len(same),  # The page itself asks too.
        stopped=denied(first) or (act is not None and act.kind is ActKind.WITHDRAW),
        proof=proof_of(evidence, first),
        command=commands.of_step(story, first, act),
    )


def _sentence(crossing: Crossing, act: Act | None) -> str:
    name = institution_name(crossing)
    who = {"who": as_subject(name), "place": name}
    if act is not None and act.kind is ActKind.DELIVERY_OPENED:
        return _("%(who)s 환자가 제출한 문서를 열었습니다") % who
    if act is not None:
        return _of_consent(act, crossing) % who
    if commands.is_reception(crossing):
        return _("%(who)s 찾아온 환자를 접수했습니다") % who
    if denied(crossing) and crossing.transaction == "ITI-43":
        return _("%(who)s 의뢰서를 열려 했지만 열리지 않았습니다") % who
    return {
        "ITI-41": _("%(who)s 의뢰서를 거점문서저장소에 올렸습니다"),
        "ITI-18": _("%(who)s 기록을 조회했습니다. 동의를 확인했습니다")
        if crossing.documents
        else _("%(who)s 기록을 조회했지만 아무것도 보이지 않았습니다"),
        "ITI-43": _("%(who)s 의뢰서를 열람했고, 환자의 교류 이력에 바로 나타났습니다"),
    }.get(crossing.transaction, f"%(who)s: {crossing.transaction}") % who


def _of_consent(act: Act, crossing: Crossing) -> str:
    if act.kind is ActKind.WITHDRAW:
        return _("환자가 동의를 철회했습니다")
    if crossing.role is Role.PATIENT:
        return {
            ActKind.EXCLUDE: _("환자가 일부 기록을 교류에서 뺐습니다"),
            ActKind.INCLUDE: _("환자가 빼 둔 기록을 다시 교류하게 했습니다"),
            ActKind.DELIVERY: _("환자가 고른 문서를 기관에 제출했습니다"),
        }.get(act.kind, _("환자가 화면에서 동의했습니다"))
    return _("환자가 %(place)s 접수처에서 동의했습니다")
