"""`naru joining`: the procedures by which institutions join, change and leave, at the command line.

Whoever has the data folder is the operating body; `--for` enters what another party handed in.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from naru.domain.joining import Kind, Party
from naru.node.institution import Refused, access_for, guarded, known, open_folder
from naru.node.options import NodeOptions

if TYPE_CHECKING:
    from naru.domain.joining import Case

Run = Callable[[argparse.Namespace], None]

_STEP = "joining step"
_LOOK = "joining cases"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its forms."""
    parser = commands.add_parser("joining", help="take institutions through joining and leaving")
    forms = parser.add_subparsers(metavar="FORM", required=True)
    recruit = _form(forms, "recruit", "open the case of an institution that may join", _recruit)
    recruit.add_argument("name", help="the institution's name")
    recruit.add_argument("--hub", help="the OID of its hub; without one it is to be a hub itself")
    for name, sentence in (
        ("change", "open a case of change for an institution"),
        ("terminate", "open a case of termination for an institution"),
    ):
        begin = _form(forms, name, sentence, _begin)
        begin.add_argument("oid", help="the institution's OID")
        begin.set_defaults(kind=Kind.CHANGE if name == "change" else Kind.TERMINATION)
    listed = _form(forms, "list", "print every case, a line each", _list)
    listed.add_argument("--open", action="store_true", help="only those that await somebody")
    show = _form(forms, "show", "print what was recorded, and what is awaited", _show)
    show.add_argument("case", type=UUID, help="the case")
    _add_acts(forms)
    _add_files(forms)


def _add_acts(forms: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    record = _form(forms, "record", "record the awaited step", _record)
    back = _form(forms, "return", "give a case back to an earlier step", _return)
    close = _form(forms, "close", "end a case unfinished", _close)
    for form in (record, back, close):
        form.add_argument("case", type=UUID, help="the case")
        form.add_argument(
            "--for",
            dest="party",
            choices=[Party.HUB, Party.SPOKE],
            help="whose paper is entered; without it the operating body's own",
        )
    for form in (record, back):
        form.add_argument("step", help="the step that the case awaits")
    for form in (back, close):
        form.add_argument("reason", help="why, told to the others")
    record.add_argument(
        "--with",
        dest="content",
        nargs="+",
        default=[],
        metavar="FIELD=VALUE",
        help="what the step asks for",
    )


def _add_files(forms: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    certificate = _form(
        forms,
        "certificate",
        "issue a test certificate; the real one comes by admission",
        _certificate,
    )
    certificate.add_argument("--request", type=Path, required=True, help="PKCS#10, PEM")
    papers = _form(forms, "papers", "write the papers of a case into a new folder", _papers)
    for form in (certificate, papers):
        form.add_argument("case", type=UUID, help="the case")
        form.add_argument("--out", type=Path, required=True)
    verify = _form(forms, "verify", "say who signed a paper, and whether it is whole", _verify)
    verify.add_argument("pdf", type=Path)


def _form(
    forms: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, sentence: str, run: Run
) -> argparse.ArgumentParser:
    form = forms.add_parser(name, help=sentence)
    form.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)
    form.set_defaults(run=guarded("joining", _telling(run)))
    return form


def _telling(run: Run) -> Run:
    """What the directory refuses is said in a line."""

    def told(chosen: argparse.Namespace) -> None:
        open_folder(chosen.data)

        from naru.directory.errors import DirectoryRefused

        try:
            run(chosen)
        except DirectoryRefused as refusal:
            raise Refused(str(refusal)) from refusal

    return told


def _recruit(chosen: argparse.Namespace) -> None:
    from naru.exchange.institutions import joining

    hub = known(chosen.hub) if chosen.hub else None
    _say(joining.recruit(access_for(_STEP), chosen.name, hub=hub))


def _begin(chosen: argparse.Namespace) -> None:
    from naru.exchange.institutions import joining

    _say(joining.begin(access_for(_STEP), chosen.kind, known(chosen.oid)))


def _record(chosen: argparse.Namespace) -> None:
    from naru.exchange.institutions import joining

    pairs = [each.partition("=") for each in chosen.content]
    if not all(equals for _name, equals, _value in pairs):
        raise Refused("what the step asks for is given as --with FIELD=VALUE")
    content = {name: value for name, _equals, value in pairs}
    _say(
        joining.record(access_for(_STEP), chosen.case, chosen.step, content, acting=_party(chosen))
    )


def _return(chosen: argparse.Namespace) -> None:
    from naru.exchange.institutions import joining

    access, party = access_for(_STEP), _party(chosen)
    _say(joining.give_back(access, chosen.case, chosen.step, chosen.reason, acting=party))


def _close(chosen: argparse.Namespace) -> None:
    from naru.exchange.institutions import joining

    _say(joining.close(access_for(_STEP), chosen.case, chosen.reason, acting=_party(chosen)))


def _party(chosen: argparse.Namespace) -> Party | None:
    return Party(chosen.party) if chosen.party else None


def _say(case: "Case") -> None:
    sys.stdout.write(f"{case.id}\t{case.state}\t{case.step or '-'}\n")


def _list(chosen: argparse.Namespace) -> None:
    from django.utils import timezone

    from naru.domain.joining import State
    from naru.exchange.institutions import joining, joining_papers

    for one in joining.inbox(access_for(_LOOK)):
        if chosen.open and one.state is not State.OPEN:
            continue
        name = joining_papers.names(one)[Party.SPOKE]
        moved = timezone.localtime(one.moved).isoformat(timespec="seconds")
        kind = one.procedure.kind
        sys.stdout.write(f"{one.id}\t{kind}\t{one.state}\t{one.step or '-'}\t{moved}\t{name}\n")


def _show(chosen: argparse.Namespace) -> None:
    from naru.directory.cases import awaits
    from naru.exchange.institutions import joining

    case = joining.case(access_for(_LOOK), chosen.case)
    for one in case.entries:
        content = " · ".join(f"{name}={value}" for name, value in one.content.items() if value)
        time = one.time.isoformat(timespec="seconds")
        sys.stdout.write(f"{time}\t{one.step}\t{one.act}\t{one.party}\t{content}\n")
    if case.step:
        asked = " ".join(f"{one.id}=…" for one in case.procedure.step(case.step).fields)
        sys.stdout.write(f"awaited\t{case.step}\t{', '.join(awaits(case))}\t{asked}\n")


def _certificate(chosen: argparse.Namespace) -> None:
    from naru.exchange.institutions import joining

    try:
        request = chosen.request.read_bytes()
    except OSError as error:
        raise Refused(f"{chosen.request}: {error.strerror}") from error
    made = joining.request_certificate(access_for(_STEP), chosen.case, request)
    write_new(chosen.out, made.certificate)
    sys.stdout.write(f"{made.fingerprint_sha256}\n")


def _papers(chosen: argparse.Namespace) -> None:
    from naru.exchange.institutions import joining

    case = joining.case(access_for(_LOOK), chosen.case)
    try:
        chosen.out.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise Refused(f"{chosen.out}: {error.strerror}") from error
    for number, one in enumerate(case.sheets, start=1):
        whose = {case.institution: "spoke", None: "operator"}.get(one.holder, "hub")
        file = chosen.out / f"{number}-{whose}-{one.kind.replace('/', '-')}.pdf"
        write_new(file, joining.sheet(access_for(_LOOK), case.id, one.id))
        sys.stdout.write(f"{file}\t{one.sha256}\n")


def _verify(chosen: argparse.Namespace) -> None:
    from django.conf import settings

    from naru.formats.pdf import PaperRefused

    try:
        authority = (settings.NARU.authority / "ca.pem").read_bytes()
        found = settings.PRESS.signatures(chosen.pdf.read_bytes(), authorities=[authority])
    except (OSError, PaperRefused) as error:
        raise Refused(f"{chosen.pdf}: {error}") from error
    for one in found:
        states = ("whole" if one.whole else "changed", "trusted" if one.trusted else "unknown")
        time = one.time.isoformat(timespec="seconds")
        sys.stdout.write(f"{one.name}\t{time}\t{states[0]}\t{states[1]}\n")
    if not found or not all(one.whole and one.trusted for one in found):
        raise Refused("the paper is not signed, or not as it was signed")


def write_new(file: Path, content: bytes) -> None:
    """Write a file that is not there yet. Raises Refused."""
    try:
        with file.open("xb") as opened:
            opened.write(content)
    except OSError as error:
        raise Refused(f"{file}: {error.strerror}") from error
