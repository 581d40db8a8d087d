"""`naru terminology`: load releases of code systems, see what is loaded, search."""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from naru.domain.terminology import System, code_system, named
from naru.node.institution import Refused, access_for, guarded, open_folder
from naru.node.options import NodeOptions

if TYPE_CHECKING:
    from naru.domain.terminology import Difference, Release
    from naru.formats.terminology.releases import Refusal

_SHOWN = 20
"""Lines that were not taken and are shown one by one."""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its forms."""
    parser = commands.add_parser("terminology", help="load code systems and search in them")
    forms = parser.add_subparsers(metavar="FORM", required=True)
    load = _form(forms, "load", "load a release of a code system from a file", _load)
    load.add_argument("system", type=_system, metavar="SYSTEM", help="as kostom, kcd-9, atc")
    _add_release(load)
    load.add_argument(
        "--shrinks", action="store_true", help="more than half of the codes may be retired"
    )
    maps = _form(forms, "load-map", "load a map between two code systems from a file", _load_map)
    maps.add_argument("source", type=_system, metavar="SOURCE")
    maps.add_argument("target", type=_system, metavar="TARGET")
    _add_release(maps)
    _form(forms, "list", "print every release that is loaded, a line each", _list)
    search = _form(forms, "search", "print the concepts that a text leads to, a line each", _search)
    search.add_argument("text", help="as people type it: 당뇨, 당ㄴ, ㄷㄴㅂ, E11")
    search.add_argument("--in", dest="within", type=_system, action="append", default=[])
    made_up = forms.add_parser(
        "synthesise", help="write made-up releases, as large as the true ones, to load and try"
    )
    made_up.add_argument("folder", type=Path)
    made_up.add_argument("--terms", type=int, help="terms of KOSTOM; the others go with them")
    made_up.set_defaults(run=guarded("terminology", _synthesise))


def _add_release(form: argparse.ArgumentParser) -> None:
    form.add_argument(
        "file", type=Path, help="CSV or text parted by tabs (UTF-8, UTF-16, CP949), or XLSX"
    )
    form.add_argument("--version", required=True, help="what the release calls itself")
    form.add_argument("--from", dest="since", type=date.fromisoformat, required=True)
    form.add_argument("--dry-run", action="store_true", help="say only what would be done")
    form.add_argument(
        "--column", action="append", default=[], metavar="WORD=HEAD", help="may be repeated"
    )
    form.add_argument("--skip-refused", action="store_true", help="load without refused lines")


def _form(
    forms: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    sentence: str,
    run: Callable[[argparse.Namespace], None],
) -> argparse.ArgumentParser:
    form = forms.add_parser(name, help=sentence)
    form.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)
    form.set_defaults(run=guarded("terminology", run))
    return form


def _system(text: str) -> System:
    found = named(text)
    if len(found) != 1:
        known = ", ".join(one.value for one in System)
        raise argparse.ArgumentTypeError(f"a code system is one of {known}")
    return found[0].name


def _load(chosen: argparse.Namespace) -> None:
    from naru.formats.terminology.releases import read_release

    if code_system(chosen.system).complete:
        raise Refused(f"{chosen.system} ships with Naru and is loaded from no file")
    with_what = {"version": chosen.version, "since": chosen.since}
    content, columns = _content(chosen.file), _columns(chosen.column)
    _take(
        chosen,
        lambda: read_release(content, chosen.system, columns=columns, **with_what),
        shrinks=chosen.shrinks,
    )


def _load_map(chosen: argparse.Namespace) -> None:
    from naru.formats.terminology.releases import read_map

    with_what = {"version": chosen.version, "since": chosen.since}
    content, columns = _content(chosen.file), _columns(chosen.column)
    _take(
        chosen,
        lambda: read_map(content, chosen.source, chosen.target, columns=columns, **with_what),
    )


def _take(
    chosen: argparse.Namespace,
    read: "Callable[[], tuple[Release, tuple[Refusal, ...]]]",
    *,
    shrinks: bool = False,
) -> None:
    from naru.formats.terminology.refused import ReleaseFileRefused

    try:
        release, refused = read()
    except ReleaseFileRefused as refusal:
        raise Refused(str(refusal)) from refusal
    _tell_refused(refused)
    if refused and not (chosen.dry_run or chosen.skip_refused):
        raise Refused("nothing was loaded: mend the lines, or leave them out with --skip-refused")
    open_folder(chosen.data)

    from naru.exchange import terminology
    from naru.terminology.errors import TerminologyRefused

    try:
        told = terminology.load(
            access_for("load terminology"), release, dry=chosen.dry_run, shrinks=shrinks
        )
    except TerminologyRefused as refusal:
        raise Refused(str(refusal)) from refusal
    sys.stdout.write(_difference(told, "would be " if chosen.dry_run else ""))


def _difference(told: "Difference", would: str) -> str:
    return (
        f"{told.concepts} concepts with {told.terms} terms: {would}added {told.added},"
        f" {would}changed {told.changed}, {would}retired {told.retired}, same {told.same};"
        f" maps {would}added {told.maps_added}, {would}ended {told.maps_ended}\n"
    )


def _tell_refused(refused: "Iterable[Refusal]") -> None:
    told = list(refused)
    for line, why in told[:_SHOWN]:
        sys.stdout.write(f"line {line}\t{why}\n")
    if len(told) > _SHOWN:
        sys.stdout.write(f"and {len(told) - _SHOWN} more lines\n")


def _content(file: Path) -> bytes:
    from naru.formats.terminology.tables import LARGEST

    try:
        if file.stat().st_size > LARGEST:
            raise Refused(f"{file} is larger than {LARGEST // 2**20} MiB")
        return file.read_bytes()
    except OSError as error:
        raise Refused(f"{file}: {error.strerror}") from error


def _columns(given: Iterable[str]) -> Mapping[str, str]:
    found = {}
    for one in given:
        word, equals, head = one.partition("=")
        if not equals or not head:
            raise Refused("a column is given as WORD=HEAD")
        found[word] = head
    return found


def _list(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.exchange import terminology

    for one in terminology.releases(access_for("list terminology")):
        what = one.system if one.target is None else f"{one.system} to {one.target}"
        sys.stdout.write(
            f"{what}\t{one.version}\t{one.since}\t{one.concepts} concepts\t{one.terms} terms"
            f"\t{one.maps} maps\t{one.loaded:%Y-%m-%dT%H:%MZ}\n"
        )


def _search(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.exchange import terminology
    from naru.terminology.errors import QueryTooLong

    access = access_for("search terminology")
    try:
        found = terminology.search(access, chosen.text, tuple(chosen.within), limit=_SHOWN)
    except QueryTooLong as refusal:
        raise Refused(str(refusal)) from refusal
    for one in found:
        concept = one.concept
        sys.stdout.write(f"{concept.system}\t{concept.written}\t{concept.display}\t{one.term}\n")


def _synthesise(chosen: argparse.Namespace) -> None:
    from naru.demo import terms

    most = chosen.terms or terms.KOSTOM_TERMS
    if not 0 < most <= terms.KOSTOM_TERMS:
        raise Refused(f"from 1 to {terms.KOSTOM_TERMS} terms can be made up")
    try:
        chosen.folder.mkdir(parents=True, exist_ok=True)
        for name, write in terms.files(most).items():
            (chosen.folder / name).write_text(write(), "utf-8")
            sys.stdout.write(f"{chosen.folder / name}\n")
    except OSError as error:
        raise Refused(f"{chosen.folder}: {error.strerror}") from error
