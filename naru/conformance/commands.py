"""`naru conformance …`: published cases from the shell; words to people, exit codes to programs."""

import argparse
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from naru.conformance.library import Library
    from naru.conformance.run import Outcome
    from naru.conformance.selection import Selection
    from naru.conformance.wire import Wire

# The rest is imported where it is used: the node's other commands do without it.

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  # The type has no other name.
DOORS = ("registry", "repository", "pix")


class NotRun(Exception):
    """Nothing could be run at all; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class _Ended:
    outcomes: "list[Outcome]"
    selection: "Selection"
    address: str


def add_to(subparsers: _Commands) -> None:
    """Add `conformance` and its own commands to those of `naru`; each sets `run`."""
    conformance = subparsers.add_parser(
        "conformance", help="적합성 시험: run published test plans against a node"
    )
    commands = conformance.add_subparsers(metavar="COMMAND", required=True)
    run = commands.add_parser(
        "run",
        help="시험 사례를 노드에 실제로 보내 봅니다",
        description="공개된 시험 사례(testplan.xml)를 노드에 보내고 답을 비교합니다. "
        "Run published test plans against a node and compare its answers.",
    )
    run.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="case sets or tests")
    run.add_argument(
        "--transactions",
        nargs="+",
        metavar="NAME",
        help="only steps that need nothing but these (StoredQuery, ITI-42, …); default: all",
    )
    run.add_argument("--report", type=Path, metavar="FILE", help="every outcome as JSON or .tsv")
    run.add_argument(
        "--not-applicable", type=Path, metavar="FILE", help="instead of the lines that ship"
    )
    run.add_argument("--certificate", type=Path, metavar="FILE", help="a signed statement")
    run.add_argument("--signing-key", type=Path, metavar="PEM", help="its key; made if absent")
    run.add_argument("--subject", default="", help="whose software it is, for the certificate")
    _add_node(run)
    run.set_defaults(run=_run)
    first_day = commands.add_parser(
        "first-day", help="첫날의 시험 계획을 폴더에 씁니다: a plan of our own, for a first run"
    )
    first_day.add_argument("folder", type=Path, help="a new folder")
    first_day.set_defaults(run=_first_day)
    verify = commands.add_parser("verify", help="적합성 증명서를 확인합니다")
    verify.add_argument("file", type=Path, help="a certificate of `naru conformance run`")
    verify.add_argument("--fingerprint", help="of the key that must have signed it (SHA-256)")
    verify.set_defaults(run=_verify)


def _add_node(run: argparse.ArgumentParser) -> None:
    node = run.add_argument_group("the node (without --base a sandbox is started)")
    node.add_argument("--base", metavar="URL", help="a running node, such as https://host:8081")
    for door in DOORS:
        node.add_argument(f"--{door}", metavar="URL", help=f"the {door}'s address, if it differs")
    node.add_argument("--cert", type=Path, help="the client's certificate for mutual TLS (PEM)")
    node.add_argument("--key", type=Path, help="its key")
    node.add_argument("--ca", type=Path, help="the authority of the node's certificate")
    node.add_argument("--codes", type=Path, help="the sandbox's code sets (default: env/codes.xml)")
    node.add_argument(
        "--patient-domain", metavar="OID", help="where patients are made up (default: of the codes)"
    )


def _run(chosen: argparse.Namespace) -> int:
    from naru.conformance import report

    try:
        ended = _ended(chosen)
        report.summary(ended.outcomes, _say)
        if chosen.report:
            report.write(chosen.report, ended.outcomes)
        if chosen.certificate:
            _certify(chosen, ended)
    except NotRun as refused:
        sys.stderr.write(f"naru conformance: {refused}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"naru conformance: {error.filename}: {error.strerror}\n")
        return 2
    return 0 if report.is_clean(ended.outcomes) else 1


def _certify(chosen: argparse.Namespace, ended: _Ended) -> None:
    from naru.conformance import certificate

    file = chosen.signing_key or chosen.certificate.with_suffix(".key.pem")
    try:
        key = certificate.signing_key(file)
    except certificate.CertificateRefused as refused:
        raise NotRun(str(refused)) from None
    selection, subject = ended.selection, chosen.subject or ended.address
    said = certificate.statement(subject, selection.library, selection.transactions, ended.outcomes)
    certificate.write(chosen.certificate, said, key)


def _first_day(chosen: argparse.Namespace) -> int:
    from naru.conformance import first_day

    try:
        first_day.write(chosen.folder)
    except (first_day.AlreadyThere, OSError) as refused:
        sys.stderr.write(f"naru conformance: {refused}\n")
        return 2
    _say(f"다음: naru conformance run {chosen.folder} --certificate first-day.json")
    return 0


def _verify(chosen: argparse.Namespace) -> int:
    from naru.conformance import certificate

    try:
        said, fingerprint = certificate.verify(chosen.file)
    except (certificate.CertificateRefused, OSError) as refused:
        sys.stderr.write(f"✗ 증명서가 맞지 않습니다. Not valid: {refused}\n")
        return 1
    for name in ("subject", "result", "counts", "transactions", "cases_sha256", "time", "tool"):
        _say(f"{name}: {said.get(name)}")
    _say(f"signed by: {fingerprint}")
    if chosen.fingerprint and chosen.fingerprint.lower() != fingerprint:
        sys.stderr.write("✗ 다른 열쇠로 서명되었습니다. Signed by another key.\n")
        return 1
    return 0


def _ended(chosen: argparse.Namespace) -> _Ended:
    from naru.conformance.library import CasesRefused, open_library
    from naru.conformance.not_applicable import NotApplicable, NotApplicableRefused

    try:
        library = open_library(chosen.folders)
        shipped = chosen.not_applicable is None
        lines = NotApplicable.shipped() if shipped else NotApplicable.of_file(chosen.not_applicable)
    except (CasesRefused, NotApplicableRefused, OSError) as refused:
        raise NotRun(str(refused)) from None
    selection = _selection(library, chosen.transactions)
    _say(f"나루 적합성 시험 · Naru conformance: {', '.join(map(str, chosen.folders))}")
    with _node(chosen, library) as (wire, address):
        outcomes = _carried_out(chosen, selection, lines, wire)
    return _Ended(outcomes, selection, address)


def _carried_out(
    chosen: argparse.Namespace, selection: "Selection", lines: object, wire: "Wire"
) -> "list[Outcome]":
    from functools import partial

    from naru.conformance.context import Context
    from naru.conformance.not_applicable import NotApplicable
    from naru.conformance.report import Progress
    from naru.conformance.run import Run
    from naru.conformance.session import Session
    from naru.conformance.steps.patient_identity_feed import feed

    assert isinstance(lines, NotApplicable)
    library = selection.library
    session = Session(_patient_domain(chosen, library))
    context = Context(library, session, wire, partial(feed, wire))
    total = sum(
        selection.is_selected(step) and key in library.chosen for key, step in library.steps.items()
    )
    _say(f"  {total} steps")
    return Run(context, selection, lines, Progress(total, _say)).all()


def _selection(library: "Library", words: list[str] | None) -> "Selection":
    from naru.conformance.selection import Selection, canonical
    from naru.conformance.steps import HANDLERS

    if words is None:
        return Selection(library)
    known = frozenset(HANDLERS) | {step.transaction for step in library.steps.values()}
    try:
        return Selection(library, canonical(words, known))
    except ValueError as unknown:
        raise NotRun(f"{unknown}: no transaction of this name; known: {sorted(known)}") from None


@contextmanager
def _node(chosen: argparse.Namespace, library: "Library") -> "Iterator[tuple[Wire, str]]":
    from naru.conformance import sandbox
    from naru.conformance.wire import AddressWrong, Credentials, Wire

    credentials = Credentials(chosen.cert, chosen.key, chosen.ca)
    try:
        if chosen.base or all(getattr(chosen, door) for door in DOORS):
            with Wire(_addresses(chosen, chosen.base or ""), credentials) as wire:
                yield wire, chosen.base or chosen.registry
            return
        codes = chosen.codes or sandbox.codes_of(library.roots)
        _say("  노드를 시작합니다. Starting a sandbox.")
        named = (*sandbox.authorities_of(codes), *sandbox.authorities_named(library))
        with (
            sandbox.running(codes, tuple(dict.fromkeys(named))) as base,
            Wire(_addresses(chosen, base), credentials) as wire,
        ):
            yield wire, base
    except (AddressWrong, sandbox.SandboxFailed) as refused:
        raise NotRun(str(refused)) from None


def _addresses(chosen: argparse.Namespace, base: str) -> dict[str, str]:
    from naru.conformance.wire import PATHS

    return {
        door: getattr(chosen, door) or urljoin(f"{base.rstrip('/')}/", path.lstrip("/"))
        for door, path in PATHS.items()
    }


def _patient_domain(chosen: argparse.Namespace, library: "Library") -> str:
    """The OID in which patients are made up: given, or the first of the code sets."""
    from naru.conformance import sandbox
    from naru.formats.xml import XmlRefused

    if chosen.patient_domain:
        return str(chosen.patient_domain)
    codes = chosen.codes or sandbox.codes_of(library.roots)
    try:
        authorities = sandbox.authorities_of(codes)
    except (OSError, XmlRefused) as error:
        raise NotRun(f"{codes}: {error}") from None
    if not authorities:
        raise NotRun("--patient-domain OID is needed: the code sets name no AssigningAuthority")
    return authorities[0]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
