"""Consent in words: what stands, what is kept out, what was said and what proves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from naru.consent.acts import Act, ActKind
from naru.consent.cases import CaseKind
from naru.consent.snapshots import Exclusion
from naru.directory import queries as directory
from naru.domain.codes import LocalizedString
from naru.domain.consent_paper import Representative
from naru.domain.korea import korean_day_of
from naru.exchange.charts.own_documents import OwnDocument, Seen
from naru.exchange.consent import choices as consent_choices
from naru.exchange.consent.proof import ActProof
from naru.exchange.standing import Standing
from naru.ui.clock import moment, now, today
from naru.ui.clock import written as written_day
from naru.ui.names import in_language


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOut:
    """Something that is kept out, by the key of its form."""

    key: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage:
    """What stands now, and what can be done."""

    heading: str
    on: bool
    state: str
    tag: str
    since: str
    until: str
    kept_out: tuple[KeptOut, ...]
    said: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidAct:
    """One act, with what proves it."""

    id: UUID
    what: str
    about: str
    when: str
    where: str
    wording: str
    sha256: str
    paper: str
    receipt: str
    place: str
    handled: str
    can_object: bool
    objected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A document, and what other institutions see of it."""

    key: str
    repository: str
    document: str
    title: str
    source: str
    when: str
    state: str
    tag: str
    hidden: bool
    can_hide: bool
    sent_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsPage:
    """All documents; of an empty page it is said why it is empty."""

    rows: tuple[Row, ...]
    empty_what: str = ""
    empty_why: str = ""


_STATES: Final = {
    Seen.EXCHANGED: (gettext_lazy("교류됨"), "ok"),
    Seen.NOT_CONSENTED: (gettext_lazy("동의하지 않음"), "warn"),
    Seen.BEFORE_CONSENT: (gettext_lazy("동의 전 기록"), "info"),
    Seen.EXCLUDED: (gettext_lazy("빼 둠"), "warn"),
    Seen.NOT_JOINED: (gettext_lazy("참여하지 않는 기관"), ""),
    Seen.OWN_ONLY: (gettext_lazy("나만 봄"), "info"),
    Seen.WITHHELD: (gettext_lazy("교류되지 않음"), ""),
}

_WHAT: Final = {
    ActKind.GRANT: gettext_lazy("교류에 동의했습니다"),
    ActKind.WITHDRAW: gettext_lazy("동의를 모두 철회했습니다"),
    ActKind.EXCLUDE: gettext_lazy("교류에서 뺐습니다"),
    ActKind.INCLUDE: gettext_lazy("다시 교류하게 했습니다"),
    ActKind.MANDATE: gettext_lazy("대리인을 정했습니다"),
    ActKind.MANDATE_END: gettext_lazy("대리를 끝냈습니다"),
    ActKind.EMERGENCY: gettext_lazy("의료기관이 응급으로 기록을 열었습니다"),
    ActKind.EMERGENCY_END: gettext_lazy("응급 열람이 끝났습니다"),
    ActKind.NEVER_IN_EMERGENCY: gettext_lazy("응급에도 보이지 않게 했습니다"),
    ActKind.NEVER_IN_EMERGENCY_END: gettext_lazy("응급에는 법대로 보이게 했습니다"),
    ActKind.SHOW_SENSITIVE: gettext_lazy("민감한 종류의 기록을 보이게 했습니다"),
    ActKind.SHOW_SENSITIVE_END: gettext_lazy("민감한 종류의 기록을 다시 숨겼습니다"),
    ActKind.RELEASE: gettext_lazy("법에 따른 요구로 기록을 내주었습니다"),
    ActKind.RELEASE_END: gettext_lazy("법에 따라 내준 것을 닫았습니다"),
    ActKind.DELIVERY: gettext_lazy("문서를 골라 기관에 제출했습니다"),
    ActKind.DELIVERY_OPENED: gettext_lazy("제출받은 기관이 문서를 열었습니다"),
    ActKind.DELIVERY_RECALLED: gettext_lazy("제출한 문서를 회수했습니다"),
    ActKind.SENDING: gettext_lazy("고른 문서를 보내는 데 동의했습니다"),
    ActKind.SENDING_END: gettext_lazy("보낸 문서가 더 열리지 않게 되었습니다"),
    ActKind.SAME_DISEASE: gettext_lazy("같은 질환의 기록을 보게 했습니다"),
    ActKind.SAME_DISEASE_END: gettext_lazy("같은 질환의 기록을 다시 숨겼습니다"),
    ActKind.PROGRAMME: gettext_lazy("연구나 사업에 동의했습니다"),
    ActKind.PROGRAMME_END: gettext_lazy("연구나 사업의 동의를 거두었습니다"),
    ActKind.DEATH: gettext_lazy("사망이 기록되었습니다"),
    ActKind.DEATH_END: gettext_lazy("잘못된 사망 기록을 바로잡았습니다"),
}

_AT_A_DESK: Final = frozenset(
    {
        ActKind.GRANT,
        ActKind.WITHDRAW,
        ActKind.EXCLUDE,
        ActKind.INCLUDE,
        ActKind.MANDATE,
        ActKind.MANDATE_END,
        ActKind.NEVER_IN_EMERGENCY,
    }
)
"""What a reception desk registers for somebody; an institution's other acts are its own."""


def page(name: str, standing: Standing) -> ConsentPage:
    """The page of what stands."""
    snapshot = standing.snapshot
    kept = consent_choices.each(snapshot.exclusions) if snapshot else ()
    return ConsentPage(
        heading=_heading(name, standing),
        on=standing.consented,
        state=_("지금 적용됨") if snapshot else _("동의한 적 없음"),
        tag="ok" if standing.consented else "warn" if snapshot else "",
        since=f"{snapshot.from_date}" if snapshot and snapshot.from_date else "",
        until=f"{snapshot.until}" if snapshot and snapshot.until else "",
        kept_out=tuple(kept_out(one) for one in kept),
        said=bool(standing.acts),
    )


def on_behalf(name: str, representative: Representative | None) -> str:
    """Both names, where somebody acts for the patient; else nothing."""
    if representative is None:
        return ""
    return _("%(representative)s 님이 %(name)s 님을 대신하여 보고 있습니다.") % {
        "representative": representative.name,
        "name": name,
    }


def kept_out(one: Exclusion) -> KeptOut:
    """An exclusion in words."""
    name, kind = _named(one)
    return KeptOut(key=consent_choices.key(one), name=name, kind=kind)


def said(proof: ActProof) -> SaidAct:
    """An act in words."""
    act, receipt = proof.act, proof.receipt
    wording = act.said.wording
    objection = any(one.kind is CaseKind.OBJECTION for one in proof.cases)
    return SaidAct(
        id=act.id,
        what=str(_WHAT.get(act.kind, _("동의 상태를 바꾸었습니다"))),
        about=_about(act),
        when=moment(act.time),
        where=_where(act),
        wording=f"{wording.version} ({wording.language})" if wording else act.text_version,
        sha256=wording.sha256 if wording else "",
        paper=proof.paper,
        receipt=receipt.mac.hex() if receipt else "",
        place=_place(receipt.position) if receipt else "",
        handled=_handled(proof),
        can_object=proof.at_a_desk
        and act.kind is not ActKind.DELIVERY_OPENED  # It was submitted by the patient.
        and not objection,
        objected=objection,
    )


def documents(found: Sequence[OwnDocument], standing: Standing) -> DocumentsPage:
    """All documents with what others see of them; where there are none, why."""
    if found:
        return DocumentsPage(rows=tuple(_row(one) for one in found))
    if not standing.consented:
        return DocumentsPage(
            rows=(),
            empty_what=_("동의하지 않아 모인 기록이 없습니다"),
            empty_why=_("교류에 동의하면 그날부터 작성된 기록이 여기에 나타납니다."),
        )
    return DocumentsPage(
        rows=(),
        empty_what=_("아직 올라온 기록이 없습니다"),
        empty_why=_(
            "동의한 뒤 참여 의료기관이 기록을 작성해 올리면 나타납니다."
            " 참여하지 않는 기관의 기록과 동의하기 전의 기록은 나타나지 않습니다."
        ),
    )


def rows(found: Sequence[OwnDocument]) -> tuple[Row, ...]:
    """Each document in words."""
    return tuple(map(_row, found))


def documents_named(found: Sequence[OwnDocument]) -> tuple[tuple[str, str], ...]:
    """Each document by its uniqueId, with its title, source and day."""
    rows = ((one.entry.unique_id, _row(one)) for one in found)
    return tuple((key, f"{row.title} · {row.source} · {row.when}") for key, row in rows)


def _row(one: OwnDocument) -> Row:
    word, tag = _STATES[one.seen]
    written = [name for author in one.entry.authors for name in author.institutions]
    made = one.entry.service_start_time or one.entry.creation_time or ""
    return Row(
        key=consent_choices.key(Exclusion(document=one.entry.unique_id)),
        repository=one.entry.repository_unique_id or "",
        document=one.entry.unique_id,
        title=_korean(one.entry.title) or _("제목 없는 문서"),
        source=in_language(written[0].partition("^")[0]) if written else "",
        when=written_day(korean_day_of(made)) if made else "",
        state=str(word),
        tag=tag,
        hidden=one.hidden,
        can_hide=one.seen is not Seen.OWN_ONLY,
        sent_to=_sent_to(one),
    )


def _sent_to(one: OwnDocument) -> str:
    """Who sees a document although it is not exchanged, since it was sent to them by name."""
    if one.seen is Seen.EXCHANGED or not one.recipients:
        return ""
    names = ", ".join(_institution(each) for each in one.recipients)
    return _("%(names)s에는 이미 보낸 문서입니다.") % {"names": names}


def _heading(name: str, standing: Standing) -> str:
    if standing.consented:
        return _("%(name)s 님은 진료정보 교류에 동의하셨습니다") % {"name": name}
    if standing.snapshot is not None and standing.snapshot.withdrawn is not None:
        return _("%(name)s 님은 진료정보 교류 동의를 철회하셨습니다") % {"name": name}
    return _("%(name)s 님은 진료정보 교류에 동의하지 않으셨습니다") % {"name": name}


def _named(one: Exclusion) -> tuple[str, str]:
    if one.document is not None:
        return one.document, _("문서 하나")
    if one.viewer is not None:
        return _institution(one.viewer), _("이 기관에 보이지 않음")
    if one.department is None:
        assert one.source is not None
        return _institution(one.source), _("이 기관이 쓴 기록")
    code, _sep, scheme = one.department.partition("^^")
    domain = settings.AFFINITY_DOMAIN
    department = domain.display.get((code, scheme), code)
    if one.source is None:
        return department, _("진료과")
    return f"{_institution(one.source)} {department}", _("한 기관의 진료과")


def _about(act: Act) -> str:
    if act.exclusion is None:
        if act.until is None:
            return ""
        return _("%(day)s까지") % {"day": act.until}
    name, kind = _named(act.exclusion)
    return f"{name} · {kind}"


def _where(act: Act) -> str:
    if act.actor.institution is None:
        return _("본인이 화면에서")
    where = {"institution": _institution(act.actor.institution)}
    if act.kind in _AT_A_DESK:
        return _("%(institution)s 접수처에서") % where
    return _("%(institution)s에서") % where


def _handled(proof: ActProof) -> str:
    waiting = [one for one in proof.cases if one.kind is CaseKind.WITHDRAWAL]
    if not waiting:
        return ""
    case = waiting[0]
    if case.closed is not None:
        return _("%(day)s에 사본 처리를 마쳤습니다.") % {"day": today(case.closed)}
    return _("거점저장소의 사본은 %(day)s까지 처리하고 결과를 남깁니다.") % {"day": today(case.due)}


def _institution(id_: UUID) -> str:
    known = directory.by_id(id_, on=today(now()))
    return in_language(known.name) if known else _("이름을 알 수 없는 곳")


def _place(position: int | None) -> str:
    if position is None:
        return _("기록 대기 중")
    return _("원장 %(position)d번째에 확정") % {"position": position}


def _korean(told: Sequence[LocalizedString]) -> str:
    ordered = sorted(told, key=lambda one: not (one.lang or "").startswith("ko"))
    return ordered[0].value if ordered else ""


def language() -> str:
    """The language in which a consent text is shown."""
    return get_language() or "ko"
