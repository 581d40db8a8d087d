"""`naru link …`: the link from the shell; words to people, JSON to programs, exit codes."""

import argparse
import hashlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import NAMESPACE_OID, UUID, uuid5

if TYPE_CHECKING:
    from naru.domain.identifiers import Identifier
    from naru.link.link import Link
    from naru.link.terms import Terms

# The rest is imported where it is used: the node's other commands do without it.

DEFAULT_CONFIG = Path("link.toml")
_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  # The type has no other name.


def add_to(subparsers: _Commands) -> None:
    """Add `link` and its own commands to those of `naru`; each sets `run`."""
    link = subparsers.add_parser(
        "link", help="표준연계모듈: send, receive, find, open, launch, emergency, consent, agent"
    )
    commands = link.add_subparsers(metavar="COMMAND", required=True)
    _add_send(commands)
    _add_receive(commands)
    _add_find(commands)
    _add_open(commands)
    _add_launch(commands)
    _add_emergency(commands)
    _add_consent(commands)
    agent = commands.add_parser("agent", help="폴더와 DB 뷰를 지켜보며 보냅니다")
    agent.add_argument("config", type=Path, help="설정 파일 (link.toml). [agent]에 폴더가 있음")
    agent.set_defaults(run=_reported(_agent))


def _add_send(commands: _Commands) -> None:
    sending = _command(commands, "send", "JSON 파일 한 건을 보냅니다", _send)
    sending.add_argument("file", type=Path, help="보낼 JSON 파일 (서식은 docs/link.md)")


def _add_receive(commands: _Commands) -> None:
    receiving = _command(commands, "receive", "온 환자의 접수를 알립니다", _receive)
    _add_whose(receiving)
    receiving.add_argument(
        "--kind",
        choices=["AMB", "IMP", "EMER"],
        default="AMB",
        help="외래 AMB (기본값), 입원 IMP, 응급 EMER",
    )


def _add_find(commands: _Commands) -> None:
    finding = _command(commands, "find", "환자의 문서 목록을 봅니다", _find)
    _add_whose(finding)
    _add_user(finding)


def _add_whose(command: argparse.ArgumentParser) -> None:
    who = command.add_mutually_exclusive_group(required=True)
    who.add_argument("--patient", metavar="MRN", help="우리 병원의 환자 등록번호")
    who.add_argument(
        "--affinity-id", metavar="ID", help="교류 식별자 (환자를 알린 병원이 send에서 받은 것)"
    )


def _add_open(commands: _Commands) -> None:
    opening = _command(commands, "open", "문서 하나를 엽니다", _open)
    opening.add_argument("unique_id", help="문서의 번호 (find의 unique_id)")
    opening.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="화면 대신 이 파일에 씁니다"
    )
    _add_user(opening)


def _add_launch(commands: _Commands) -> None:
    launching = _command(
        commands, "launch", "환자를 고른 채로 교류 진료 화면을 여는 주소를 받습니다", _launch
    )
    launching.add_argument(
        "--patient", required=True, metavar="MRN", help="우리 병원의 환자 등록번호"
    )
    launching.add_argument(
        "--post", required=True, type=UUID, metavar="ID", help="볼 사람의 직책 번호 (직원 관리)"
    )
    launching.add_argument(
        "--reason",
        choices=["outpatient", "inpatient", "referral", "emergency", "preparation"],
        default="outpatient",
        help="보는 까닭. 외래 outpatient (기본값), 입원, 의뢰·회송, 응급, 예약 준비",
    )
    _add_user(launching)


def _add_emergency(commands: _Commands) -> None:
    opening = _command(
        commands, "emergency", "동의를 물을 수 없는 응급환자의 기록을 열거나 닫습니다", _emergency
    )
    _add_whose(opening)
    _add_user(opening)
    opening.add_argument(
        "--case",
        choices=["unconscious", "emergency-patient", "nobody-to-ask"],
        help="의식 없음, 응급환자, 물을 보호자 없음",
    )
    opening.add_argument("--reason", default="", help="여는 까닭")
    opening.add_argument("--hours", type=int, help="몇 시간 동안. 없으면 정해진 가장 긴 시간")
    opening.add_argument("--end", type=UUID, metavar="ID", help="이 응급 열람을 닫습니다")


def _add_user(command: argparse.ArgumentParser) -> None:
    """Who asks, told by an assertion of our own ([assertion] of the configuration)."""
    command.add_argument("--user", metavar="ID", help="묻는 사람의 EMR 아이디")
    command.add_argument("--user-name", default="", metavar="NAME", help="묻는 사람의 성명")
    command.add_argument("--role", metavar="CODE^SCHEME", help="직종 부호와 부호 체계의 OID")
    command.add_argument(
        "--in-emergency", action="store_true", help="응급으로 연 기록을 봅니다 (목적 ETREAT)"
    )


def _add_consent(commands: _Commands) -> None:
    consent = _command(commands, "consent", "동의를 등록하거나 철회합니다", _consent)
    consent.add_argument("--patient", required=True, metavar="MRN", help="환자 등록번호")
    consent.add_argument("--name", required=True, help="환자 성명")
    consent.add_argument(
        "--birth-date", required=True, type=_day, metavar="DATE", help="생년월일 (1980-05-05)"
    )
    consent.add_argument(
        "--sex", choices=["M", "F", "UN"], default="UN", help="성별. 모르면 UN (기본값)"
    )
    consent.add_argument(
        "--from",
        dest="from_date",
        type=_day,
        metavar="DATE",
        help="이 날부터의 기록을 교류합니다 (2026-11-20). 없으면 오늘",
    )
    consent.add_argument(
        "--withdraw", action="store_true", help="등록하지 않고 모두, 또는 뺄 것만 철회합니다"
    )
    consent.add_argument("--until", type=_day, metavar="DATE", help="이 날까지만 동의합니다")
    consent.add_argument(
        "--box",
        action="append",
        choices=["personal", "identifying", "sensitive", "evaluation"],
        help="표시한 항목. 여러 번 씁니다. 동의에는 personal과 sensitive가 모두 있어야 합니다",
    )
    consent.add_argument(
        "--without-department", action="append", default=[], metavar="CODE", help="뺄 진료과 코드"
    )
    consent.add_argument(
        "--without-institution", action="append", default=[], metavar="OID", help="뺄 의료기관 OID"
    )
    consent.add_argument("--representative", metavar="NAME", help="대신 서명한 대리인")
    consent.add_argument("--relationship", default="", help="대리인과 환자의 관계")
    consent.add_argument(
        "--authority",
        choices=["power-of-attorney", "guardianship-register"],
        help="대리권을 증명한 서면. 위임장 power-of-attorney, 후견등기사항증명서",
    )
    consent.add_argument("--authority-number", default="", metavar="NO", help="그 서면의 번호")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            "날짜는 2026-11-20처럼 네 자리 해와 두 자리 달, 날을 줄표로 이어 쓰십시오"
        ) from None


def _command(
    commands: _Commands,
    name: str,
    sentence: str,
    act: "Callable[[Link, argparse.Namespace], None]",
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=sentence, description=f"{sentence}.")
    parser.add_argument(
        "--config",
        type=Path,
        default=DEFAULT_CONFIG,
        metavar="FILE",
        help="설정 파일 (기본값: 이 폴더의 link.toml)",
    )

    def run(chosen: argparse.Namespace) -> None:
        from naru.link.link import Link

        with Link.from_file(chosen.config) as link:
            act(link, chosen)

    parser.set_defaults(run=_reported(run))
    return parser


def _reported(act: Callable[[argparse.Namespace], None]) -> Callable[[argparse.Namespace], int]:
    """A LinkError becomes its sentence and its exit code."""

    def run(chosen: argparse.Namespace) -> int:
        from naru.link.errors import LinkError

        try:
            act(chosen)
        except LinkError as error:
            sys.stderr.write(f"{error.sentence}\n({type(error).__name__}: {error})\n")
            return error.exit_code
        return 0

    return run


def _send(link: "Link", chosen: argparse.Namespace) -> None:
    from naru.link.errors import MessageWrong
    from naru.link.message import read_message, send

    try:
        octets = chosen.file.read_bytes()
        written = datetime.fromtimestamp(chosen.file.stat().st_mtime, UTC)
    except OSError as error:
        raise MessageWrong(str(error.strerror), "파일을 읽을 수 없습니다.") from None
    # A file that nobody touched since is the same message, so that an attempt whose answer was
    # lost can be repeated; written anew, it is another.
    digest = hashlib.sha256(octets).hexdigest()
    key = uuid5(NAMESPACE_OID, f"{link.config.institution.oid} {written.isoformat()} {digest}")
    _print(asdict(send(link, read_message(octets, link.forms), key=key, written=written)))


def _receive(link: "Link", chosen: argparse.Namespace) -> None:
    from naru.domain.clinical import EncounterKind

    kind = EncounterKind(chosen.kind)
    _print({"encounter": link.receive(_whose(link, chosen), kind=kind)})


def _find(link: "Link", chosen: argparse.Namespace) -> None:
    from naru.link.listing import listed

    with _asking(link, chosen, emergency=chosen.in_emergency):
        found = link.find(_whose(link, chosen))
    _print([asdict(listed(entry)) for entry in found])


def _launch(link: "Link", chosen: argparse.Namespace) -> None:
    from naru.domain.visit_reasons import VisitReason

    with _asking(link, chosen, emergency=chosen.in_emergency):
        reason = VisitReason(chosen.reason)
        _print(asdict(link.launch(chosen.patient, post=chosen.post, reason=reason)))


def _emergency(link: "Link", chosen: argparse.Namespace) -> None:
    from naru.domain.arrangements import EmergencyCase
    from naru.link.errors import MessageWrong

    with _asking(link, chosen, emergency=True):
        if chosen.end is not None:
            link.end_emergency(_whose(link, chosen), chosen.end)
            return
        if chosen.case is None or not chosen.reason.strip():
            raise MessageWrong("case, reason", "어느 경우인지(--case)와 까닭(--reason)을 쓰십시오.")
        _print(
            asdict(
                link.open_in_emergency(
                    _whose(link, chosen),
                    case=EmergencyCase(chosen.case),
                    reason=chosen.reason,
                    hours=chosen.hours,
                )
            )
        )


@contextmanager
def _asking(link: "Link", chosen: argparse.Namespace, *, emergency: bool) -> Iterator[None]:
    """Inside, the user who was named asks; the institution's system, where nobody was."""
    if chosen.user is None:
        yield
        return
    from naru.domain.codes import Code
    from naru.link.user import PURPOSES, User

    code, _, scheme = (chosen.role or "").partition("^")
    user = User(
        id=chosen.user,
        name=chosen.user_name,
        signed_in=datetime.now(UTC),
        role=Code(code, scheme) if code else None,
        purpose=Code("ETREAT" if emergency else "TREAT", PURPOSES),
    )
    with link.speaking_for(user):
        yield


def _whose(link: "Link", chosen: argparse.Namespace) -> "Identifier":
    if chosen.affinity_id is None:
        return link.affinity_id(chosen.patient)
    return link.in_our_domain(chosen.affinity_id)


def _open(link: "Link", chosen: argparse.Namespace) -> None:
    with _asking(link, chosen, emergency=chosen.in_emergency):
        document = link.open(link.look_up(chosen.unique_id))
    if chosen.output is None:
        sys.stdout.write(document.text)
    else:
        document.save(chosen.output)


def _consent(link: "Link", chosen: argparse.Namespace) -> None:
    from naru.domain.clinical import Patient
    from naru.domain.korea import korean_day
    from naru.domain.person import Gender

    patient = link.register_patient(
        Patient(
            mrn=chosen.patient,
            name=chosen.name,
            birth_date=chosen.birth_date,
            sex=Gender(chosen.sex),
        )
    )
    terms = _terms(chosen)
    if chosen.withdraw:
        receipt = link.withdraw_consent(patient, terms=terms)
    else:
        from_date = chosen.from_date or korean_day(datetime.now(UTC))
        receipt = link.register_consent(patient, from_date=from_date, terms=terms)
    _print(asdict(receipt))


def _terms(chosen: argparse.Namespace) -> "Terms":
    from naru.domain.consent_paper import Authority, Box, Part, Representative, Side
    from naru.link.terms import Terms

    name = chosen.representative
    departments = (Part(department=code, side=Side.SOURCE) for code in chosen.without_department)
    return Terms(
        until=chosen.until,
        boxes=None if chosen.box is None else tuple(map(Box, chosen.box)),
        parts=(*departments, *(Part(institution=oid) for oid in chosen.without_institution)),
        representative=Representative(
            name=name,
            relationship=chosen.relationship,
            authority=Authority(chosen.authority) if chosen.authority else None,
            authority_number=chosen.authority_number,
        )
        if name
        else None,
    )


def _agent(chosen: argparse.Namespace) -> None:
    from naru.link.agent.log import log_to_stderr
    from naru.link.agent.run import run_agent

    log_to_stderr()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_agent(chosen.config, stop)


def _print(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=_text) + "\n")


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
