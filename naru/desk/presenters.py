"""Whom the desk serves, and what it registered, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from naru.consent.acts import Act, ActKind
from naru.consent.snapshots import Exclusion
from naru.directory import queries as directory
from naru.domain.consent_paper import (
    SEEN_AT_A_DESK,
    Authority,
    Identification,
    Representative,
    Signed,
)
from naru.domain.consent_text import ConsentText
from naru.domain.paper import (
    Facts,
    Heading,
    Paper,
    Paragraph,
    SignatureBlock,
    Signatures,
)
from naru.domain.xds import DocumentEntry
from naru.exchange.consent.issue import full_name
from naru.exchange.consent.proof import ActProof
from naru.exchange.treatment.reception import Known
from naru.ui.clock import moment, now, today
from naru.ui.names import in_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A patient as the desk names them."""

    patient: UUID
    name: str
    born: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the patient takes home: what was registered, how, and what proves it."""

    act: UUID
    title: str
    person: Person
    facts: tuple[tuple[str, str], ...]
    proof: tuple[tuple[str, str], ...]
    kept: tuple[str, ...]
    objecting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A document that the institution wrote itself; `day` as YYYYMMDD, or empty."""

    id: str
    title: str
    day: str


IDENTITIES: Final = {
    Identification.RESIDENT_CARD: gettext_lazy("주민등록증"),
    Identification.DRIVING_LICENCE: gettext_lazy("운전면허증"),
    Identification.PASSPORT: gettext_lazy("여권"),
    Identification.FOREIGNER_CARD: gettext_lazy("외국인등록증"),
    Identification.MOBILE_CARD: gettext_lazy("모바일 신분증"),
    Identification.FAMILY_RECORD: gettext_lazy("가족관계증명서와 대리인 신분증"),
}

_SIGNED: Final = {
    Signed.PAD: gettext_lazy("서명 패드"),
    Signed.SCAN: gettext_lazy("서면에 서명하고 스캔"),
    Signed.WITNESS: gettext_lazy("입회인 앞에서 이름으로"),
    Signed.SCREEN: gettext_lazy("화면에서"),
}

_TITLES: Final = {
    ActKind.GRANT: gettext_lazy("진료정보 교류 동의 접수증"),
    ActKind.WITHDRAW: gettext_lazy("진료정보 교류 동의 철회 접수증"),
    ActKind.EXCLUDE: gettext_lazy("진료정보 교류 일부 철회 접수증"),
    ActKind.NEVER_IN_EMERGENCY: gettext_lazy("응급에도 보이지 않기 접수증"),
}

AUTHORITIES: Final = {
    Authority.POWER_OF_ATTORNEY: gettext_lazy("위임장"),
    Authority.GUARDIANSHIP_REGISTER: gettext_lazy("후견등기사항증명서"),
}

FIELDS: Final = {
    "number": gettext_lazy("등록번호를 적어 주세요."),
    "name": gettext_lazy("이름을 적어 주세요."),
    "born": gettext_lazy("생년월일을 적어 주세요."),
    "gender": gettext_lazy("성별을 골라 주세요."),
    "telephone": gettext_lazy("전화번호를 확인해 주세요."),
    "identity": gettext_lazy("무엇으로 본인을 확인했는지 골라 주세요."),
    "seen_by": gettext_lazy("확인한 직원의 이름을 적어 주세요."),
    "relationship": gettext_lazy("대리인이 환자와 어떤 관계인지 적어 주세요."),
    "authority": gettext_lazy("대리권을 증명한 서면을 골라 주세요."),
    "authority_number": gettext_lazy("대리권을 증명한 서면의 번호를 적어 주세요."),
    "signed": gettext_lazy("어떻게 서명했는지 골라 주세요."),
    "signature": gettext_lazy("서명 패드에 서명해 주세요."),
    "scan": gettext_lazy("서명한 서면을 PDF로 올려 주세요. 1 MB까지 됩니다."),
    "witness": gettext_lazy("확인한 직원이 아닌 입회인의 이름을 적어 주세요."),
}


def person(known: Known) -> Person:
    """The patient in words."""
    born = known.demographics.birth_time or ""
    return Person(
        patient=known.patient,
        name=full_name(known.demographics),
        born=f"{born[:4]}-{born[4:6]}-{born[6:8]}" if born else "",
        number=known.number,
    )


def people(found: Sequence[Known]) -> list[Person]:
    """Everybody who was found."""
    return [person(one) for one in found]


def identities() -> list[tuple[str, str]]:
    """What a person can show, by its code."""
    return [(one.value, str(IDENTITIES[one])) for one in SEEN_AT_A_DESK]


def authorities() -> list[tuple[str, str]]:
    """What shows that somebody speaks for the patient, by its code."""
    return [(one.value, str(AUTHORITIES[one])) for one in Authority]


def documents(found: Sequence[DocumentEntry]) -> list[Written]:
    """What the institution wrote, by title and day."""
    return [
        Written(
            id=one.unique_id,
            title=next((each.value for each in one.title), "") or _("제목 없는 문서"),
            day=(one.service_start_time or one.creation_time or "")[:8],
        )
        for one in found
    ]


def receipt(known: Known, proof: ActProof, text: ConsentText) -> Receipt:
    """The receipt of an act."""
    act, said = proof.act, proof.act.said
    identified = said.identified
    facts = [
        (_("환자"), f"{full_name(known.demographics)} ({known.number})"),
        (_("접수한 곳"), _institution(act.actor.institution)),
        (_("접수한 시각"), moment(act.time)),
        *([(_("내용"), _about(act.exclusion))] if act.exclusion else []),
        *([(_("끝나는 날"), f"{act.until}")] if act.until else []),
    ]
    if said.representative is not None:
        facts.append(
            (_("대리인"), f"{said.representative.name} ({said.representative.relationship})")
        )
        facts += _authority(said.representative)
    if identified is not None:
        facts += [
            (_("본인 확인"), f"{IDENTITIES.get(identified.by, '')} · {identified.seen_by}"),
            (_("서명"), f"{_SIGNED[identified.signed]} {identified.witness}".strip()),
        ]
    withdraws = act.kind in {ActKind.WITHDRAW, ActKind.EXCLUDE}
    return Receipt(
        act=act.id,
        title=str(_TITLES.get(act.kind, _("진료정보 교류 접수증"))),
        person=person(known),
        facts=tuple(facts),
        proof=_proof(proof),
        kept=text.words.withdrawal.kept if withdraws else (),
        objecting=_(
            "본인이 하지 않은 접수라면 마이차트에서 '내가 하지 않았습니다'를 누르세요."
            " 넓힌 것은 바로 효력이 멈추고, 좁힌 것은 다시 동의할 때까지 남습니다."
        ),
    )


def _authority(representative: Representative) -> list[tuple[str, str]]:
    if representative.authority is None:
        return []
    shown = AUTHORITIES[representative.authority]
    return [(_("대리권을 증명한 서면"), f"{shown} {representative.authority_number}")]


def paper(shown: Receipt, proof: ActProof, picture: bytes) -> Paper:
    """The receipt to print; the same act gives the same octets."""
    return Paper(
        title=shown.title,
        time=proof.act.time,
        number=str(shown.act),
        blocks=(
            Facts(shown.facts),
            Heading(_("증명")),
            Facts(shown.proof),
            *((Heading(_("법에 따라 남는 것")),) if shown.kept else ()),
            *(Paragraph(one) for one in shown.kept),
            Paragraph(shown.objecting, small=True),
            Signatures(
                (
                    SignatureBlock(
                        role=_("서명한 사람"),
                        name=_signer(proof.act, shown.person.name),
                        when=moment(proof.act.time),
                        picture=picture,
                    ),
                )
            ),
        ),
    )


def _signer(act: Act, patient: str) -> str:
    return act.said.representative.name if act.said.representative else patient


def _proof(proof: ActProof) -> tuple[tuple[str, str], ...]:
    wording = proof.act.said.wording
    return (
        *(
            (
                (_("읽은 동의문"), f"{wording.version} ({wording.language})"),
                (_("동의문의 해시"), wording.sha256),
            )
            if wording
            else ()
        ),
        *(((_("서명된 문서의 해시"), proof.paper),) if proof.paper else ()),
        *(((_("원장 영수증 (MAC)"), proof.receipt.mac.hex()),) if proof.receipt else ()),
    )


def _about(one: Exclusion) -> str:
    if one.document is not None:
        return one.document
    if one.viewer is not None:
        return _("%(institution)s에 보이지 않음") % {"institution": _institution(one.viewer)}
    code, _sep, scheme = (one.department or "").partition("^^")
    department = settings.AFFINITY_DOMAIN.display.get((code, scheme), code)
    place = _institution(one.source) if one.source else ""
    return f"{place} {department}".strip()


def _institution(id_: UUID | None) -> str:
    known = directory.by_id(id_, on=today(now())) if id_ else None
    return in_language(known.name) if known else _("이름을 알 수 없는 곳")
