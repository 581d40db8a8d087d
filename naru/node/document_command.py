"""`naru document`: make, check, show and convert a document, from the shell on a file."""

import argparse
import errno
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from naru.node.document_files import (
    LARGEST,
    DocumentRefused,
    as_cda,
    example,
    kind_of_file,
    kinds,
    read,
    rendered,
    to_cda,
    to_fhir,
    to_json,
)

if TYPE_CHECKING:
    from naru.domain.findings import Finding
    from naru.formats.cda.rules import Judge

SHOWN: Final = ("text", "html", "pdf")
CONVERTED: Final = ("cda", "fhir", "json", *SHOWN)
SOUND, BROKEN, UNREAD = 0, 1, 2
"""Exit codes: nothing refused; errors were found; the file could not be read or made."""


_REASONS: Final[Mapping[int, str]] = {
    errno.ENOENT: "그런 것이 없습니다",
    errno.EISDIR: "폴더입니다",
    errno.ENOTDIR: "길에 폴더가 아닌 것이 있습니다",
    errno.EACCES: "권한이 없습니다",
    errno.ENOSPC: "자리가 없습니다",
    errno.EPIPE: "받는 쪽이 닫혔습니다",
    errno.EBADF: "닫혀 있습니다",
}
"""Why a file cannot be had, in Korean; the machine's own words say the rest."""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its forms."""
    parser = commands.add_parser("document", help="make, check, show and convert a document")
    forms = parser.add_subparsers(metavar="FORM", required=True)
    new = forms.add_parser("new", help="write a filled, made-up example, to be changed")
    new.add_argument("kind", metavar="KIND", help=", ".join(kinds()))
    new.add_argument("--to", choices=("json", "cda", "fhir"), default="json", help="(json)")
    check = forms.add_parser("check", help="say what is wrong with a document")
    check.add_argument("file", help="CDA, values (JSON) or FHIR; - reads what is piped in")
    check.add_argument("--json", action="store_true", help="findings as JSON, one object")
    check.add_argument("--receipt", metavar="FILE", help="of an itemised bill: what it must equal")
    check.add_argument("--schemas", type=Path, help="the folder of HL7's CDA.xsd")
    check.add_argument("--data", type=Path, help="a node's folder, whose code systems are asked")
    show = forms.add_parser("show", help="show a document as a person sees it")
    show.add_argument("file", help="as above")
    show.add_argument("--as", dest="to", choices=SHOWN, default="text", help="(text)")
    convert = forms.add_parser("convert", help="write a document in another form")
    convert.add_argument("file", help="as above")
    convert.add_argument("--to", choices=CONVERTED, required=True)
    for form, run in ((new, _new), (check, _check), (show, _show), (convert, _convert)):
        form.add_argument("--forms", type=Path, help="a folder of own forms (NARU_FORMS)")
        form.add_argument("--language", choices=("ko", "en"), default="ko", help="(ko)")
        if form is not check:
            form.add_argument("--out", type=Path, help="a new file, rather than what is printed")
        form.set_defaults(run=_guarded(run))


def _guarded(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    def guarded(chosen: argparse.Namespace) -> int:
        try:
            _use_forms(chosen)
            return run(chosen)
        except DocumentRefused as refused:
            sentence = refused.english if chosen.language == "en" else refused.korean
            sys.stderr.write(f"naru document: {sentence}\n")
            return UNREAD

    return guarded


def _use_forms(chosen: argparse.Namespace) -> None:
    """An operator's own forms stand before ours, as on a node."""
    from naru.formats.cda.errors import FormWrong
    from naru.formats.cda.forms import use

    folder = chosen.forms or os.environ.get("NARU_FORMS") or None
    try:
        use(None if folder is None else Path(folder))
    except FormWrong as wrong:
        raise DocumentRefused(f"서식을 쓸 수 없습니다({wrong})", str(wrong)) from None


def _new(chosen: argparse.Namespace) -> int:
    octets = example(chosen.kind)
    if chosen.to != "json":
        octets = {"cda": to_cda, "fhir": to_fhir}[chosen.to](read(octets))
    return _give(chosen, octets)


def _show(chosen: argparse.Namespace) -> int:
    return _give(chosen, rendered(as_cda(_file(chosen.file)), chosen.to, chosen.language))


def _convert(chosen: argparse.Namespace) -> int:
    octets = _file(chosen.file)
    if chosen.to in SHOWN:
        return _give(chosen, rendered(as_cda(octets), chosen.to, chosen.language))
    ways = {"cda": to_cda, "fhir": to_fhir, "json": to_json}
    return _give(chosen, ways[chosen.to](read(octets)))


def _check(chosen: argparse.Namespace) -> int:
    from naru.domain.findings import errors
    from naru.domain.korea import KST
    from naru.formats.cda.rules import NoSchema, check, schema_in

    octets = as_cda(_file(chosen.file))
    try:
        schema = None if chosen.schemas is None else schema_in(chosen.schemas)
    except NoSchema as lacking:
        korean = f"{chosen.schemas}: 쓸 수 있는 HL7의 CDA.xsd가 있는 폴더여야 합니다"
        raise DocumentRefused(korean, str(lacking)) from None
    today = datetime.now(KST).date()
    judge = None if chosen.data is None else _judge(chosen.data)
    _use_forms(chosen)  # A node's folder may name others.
    found = check(octets, on=today, schema=schema, judge=judge)
    if chosen.receipt is not None:
        found += _beside_receipt(octets, chosen.receipt, today)
    english = chosen.language == "en"
    _print((_as_json(found, english=english) if chosen.json else _lines(found, english)).encode())
    return BROKEN if errors(found) else SOUND


def _beside_receipt(bill: bytes, receipt: str, on: date) -> "tuple[Finding, ...]":
    from naru.formats.cda.rules.pairs import BILL, RECEIPT, against

    other = as_cda(_file(receipt))
    if (kind_of_file(bill), kind_of_file(other)) != (BILL, RECEIPT):
        raise DocumentRefused(
            "--receipt: 진료비 세부산정내역과 영수증이어야 합니다",
            "--receipt takes an itemised bill and a receipt",
        )
    return against(bill, other, on=on)


def _lines(found: "Sequence[Finding]", english: bool) -> str:  # noqa: FBT001  # A private step.
    """A line for each finding, and one for the whole."""
    lines = [
        f"{one.severity}\t{one.rule}\t{one.path or '/'}\t{one.said(english=english)}"
        for one in found
    ]
    wrong = sum(one.severity == "error" for one in found)
    lines.append(
        f"errors {wrong}, others {len(found) - wrong}"
        if english
        else f"오류 {wrong}건, 그 밖 {len(found) - wrong}건"
    )
    return "\n".join(lines) + "\n"


def _as_json(found: "Sequence[Finding]", *, english: bool) -> str:
    import msgspec

    rows = [
        {
            "rule": one.rule,
            "severity": one.severity,
            "path": one.path,
            "sentence": one.said(english=english),
        }
        for one in found
    ]
    return msgspec.json.format(msgspec.json.encode({"findings": rows}), indent=2).decode() + "\n"


def _judge(data: Path) -> "Judge":
    from naru.node.institution import Refused, open_folder

    try:
        open_folder(data)
    except Refused as refused:
        raise DocumentRefused(f"노드의 폴더가 아닙니다: {data}", str(refused)) from None
    from naru.node.document_checker import judge

    return judge


def _file(name: str) -> bytes:
    try:
        if name == "-":
            octets = _piped()
        else:
            with Path(name).open("rb") as file:
                octets = file.read(LARGEST + 1)
    except OSError as error:
        raise _lacking(f"{name}: 읽을 수 없습니다", name, error) from None
    if len(octets) > LARGEST:
        raise DocumentRefused(
            f"{name}: {LARGEST // 2**20} MiB보다 큽니다",
            f"{name} is larger than {LARGEST // 2**20} MiB",
        )
    if not octets.strip(_BLANKS):
        raise DocumentRefused(f"{name}: 비어 있습니다", f"{name} is empty")
    return octets


_BLANKS: Final = b"\xef\xbb\xbf \t\r\n"
"""A file of these alone holds nothing; the first three are the mark of UTF-8."""


def _piped() -> bytes:
    if sys.stdin is None:  # It was closed by whoever started the command.
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return sys.stdin.buffer.read(LARGEST + 1)


def _lacking(korean: str, name: str, error: OSError) -> DocumentRefused:
    reason = error.strerror or type(error).__name__
    known = _REASONS.get(error.errno or 0, reason)
    return DocumentRefused(f"{korean}({known})", f"{name}: {reason}")


def _print(octets: bytes) -> None:
    """Write all of it, or say that it could not be: half a document is none."""
    try:
        sys.stdout.buffer.write(octets)
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is left over would be written once more at the end.
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        raise _lacking("표준출력에 쓸 수 없습니다", "standard output", error) from None


def _give(chosen: argparse.Namespace, octets: bytes) -> int:
    if chosen.out is None:
        _print(octets)
        return SOUND
    from naru.security.files import create_once

    try:
        made = create_once(chosen.out, octets)  # For its owner's eyes alone: a patient is in it.
    except OSError as error:
        name = str(chosen.out)
        raise _lacking(f"{name}: 쓸 수 없습니다", name, error) from None
    if not made:
        raise DocumentRefused(f"{chosen.out}: 이미 있습니다", f"{chosen.out} is there already")
    return SOUND
