"""`naru institution …` of what is kept beside names: custody, closure, groups, lists, spokes."""

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from naru.node.institution import Refused, access_for, guarded, known, open_folder
from naru.node.options import NodeOptions


def add_to(forms: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these forms beside the others of `naru institution`."""
    spokes = _form(forms, "spokes", "print the members of a hub, a line each", _spokes)
    kept = _form(forms, "kept", "print where an institution's records are", _kept)
    custody = _form(forms, "custody", "keep a contract of external custody", _custody)
    closed = _form(forms, "closed", "note who keeps a closed institution's records", _closed)
    for form in (spokes, kept, custody, closed):
        form.add_argument("oid", help="the institution's OID")
    for name in ("custodian", "contract", "scope", "location"):
        custody.add_argument(f"--{name}", required=True)
    custody.add_argument("--from", dest="since", type=date.fromisoformat, required=True)
    custody.add_argument("--to", dest="until", type=date.fromisoformat)
    closed.add_argument("--on", type=date.fromisoformat, required=True)
    for name in ("keeper", "location"):
        closed.add_argument(f"--{name}", required=True)
    closed.add_argument("--until", type=date.fromisoformat, help="kept until then at least")
    group = _form(forms, "group", "let hospitals share one portal", _group)
    group.add_argument("name")
    group.add_argument("--english", default="")
    group.add_argument("--colour", default="#0b50d0", help="as #0b50d0")
    group.add_argument("--member", action="append", required=True, help="an OID; may be repeated")
    brand = _form(forms, "brand", "how a hospital shows itself in a shared portal", _brand)
    brand.add_argument("oid", help="the institution's OID")
    brand.add_argument("--english", default="", help="its name in English")
    brand.add_argument("--colour", default="#0b50d0", help="as #0b50d0, readable on white")
    brand.add_argument("--logo", type=Path, help="a PNG")
    _form(forms, "groups", "print every group, a line each", _groups)
    taken = _form(forms, "import", "take a list of institutions; --apply does it", _import)
    taken.add_argument("file", type=Path, help="CSV, UTF-8 or CP949")
    taken.add_argument("--open-data", action="store_true", help="HIRA's open data: candidates")
    taken.add_argument("--apply", action="store_true", help="do it; else say what would be done")


def _form(
    forms: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    sentence: str,
    run: Callable[[argparse.Namespace], None],
) -> argparse.ArgumentParser:
    form = forms.add_parser(name, help=sentence)
    form.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)
    form.set_defaults(run=guarded("institution", _opened(run)))
    return form


def _opened(run: Callable[[argparse.Namespace], None]) -> Callable[[argparse.Namespace], None]:
    def opened(chosen: argparse.Namespace) -> None:
        open_folder(chosen.data)
        try:
            run(chosen)
        except ValueError as refusal:  # Of our own values, which say what is wrong with them.
            raise Refused(str(refusal)) from refusal

    return opened


def _spokes(chosen: argparse.Namespace) -> None:
    from naru.exchange.institutions import registers

    for one in registers.spokes(access_for("list spokes"), known(chosen.oid)):
        state = "approved" if one.approved else "not taking part"
        sys.stdout.write(f"{one.oid or '-'}\t{one.code or '-'}\t{state}\t{one.name}\n")


def _kept(chosen: argparse.Namespace) -> None:
    from naru.exchange.institutions import registers

    found = registers.kept(access_for("where records are"), known(chosen.oid))
    sys.stdout.write(f"repository\t{found.repository or '-'}\t{found.store or '-'}\n")
    for one in found.custodies:
        until = one.valid_to or "-"
        sys.stdout.write(
            f"custody\t{one.contract}\t{one.custodian}\t{one.scope}\t{one.location}"
            f"\t{one.valid_from}\t{until}\n"
        )
    if found.closure is not None:
        one_closed = found.closure
        sys.stdout.write(
            f"closed\t{one_closed.closed}\t{one_closed.keeper}\t{one_closed.location}"
            f"\t{one_closed.until or '-'}\n"
        )


def _custody(chosen: argparse.Namespace) -> None:
    from naru.domain.registers import Custody
    from naru.exchange.institutions import registers

    custody = Custody(
        custodian=chosen.custodian,
        contract=chosen.contract,
        scope=chosen.scope,
        location=chosen.location,
        valid_from=chosen.since,
        valid_to=chosen.until,
    )
    registers.take_custody(access_for("take custody"), known(chosen.oid), custody)


def _closed(chosen: argparse.Namespace) -> None:
    from naru.domain.registers import Closure
    from naru.exchange.institutions import registers

    closure = Closure(
        closed=chosen.on, keeper=chosen.keeper, location=chosen.location, until=chosen.until
    )
    registers.close(access_for("close institution"), known(chosen.oid), closure)


def _group(chosen: argparse.Namespace) -> None:
    from naru.exchange.institutions import registers

    members = tuple(map(known, chosen.member))
    made = registers.found_group(
        access_for("found group"), chosen.name, chosen.english, chosen.colour, members
    )
    sys.stdout.write(f"{made.id}\n")


def _brand(chosen: argparse.Namespace) -> None:
    from naru.domain.registers import Brand
    from naru.exchange.institutions import registers
    from naru.formats import png

    logo = b""
    if chosen.logo is not None:
        try:
            logo = chosen.logo.read_bytes()
        except OSError as error:
            raise Refused(f"{chosen.logo}: {error.strerror}") from error
        png.check(logo)
    brand = Brand(english=chosen.english, colour=chosen.colour, logo=logo)
    registers.show_as(access_for("brand institution"), known(chosen.oid), brand)


def _groups(_chosen: argparse.Namespace) -> None:
    from naru.exchange.institutions import registers

    for one in registers.groups():
        sys.stdout.write(f"{one.id}\t{one.colour}\t{len(one.members)}\t{one.name}\n")


def _import(chosen: argparse.Namespace) -> None:
    from naru.exchange.institutions import registers
    from naru.formats import institution_lists

    try:
        content = chosen.file.read_bytes()
    except OSError as error:
        raise Refused(f"{chosen.file}: {error.strerror}") from error
    access, dry = access_for("import institutions"), not chosen.apply
    if chosen.open_data:
        listings, refused = institution_lists.read_open_data(content)
        done = registers.take_open_data(access, listings, dry=dry)
    else:
        described, refused = institution_lists.read_described(content)
        done = registers.take_described(access, described, dry=dry)
    for line, why in refused:
        sys.stdout.write(f"line {line}\t{why}\n")
    for row, why in done.refused:
        sys.stdout.write(f"row {row}\t{why}\n")
    told = "would be " if dry else ""
    sys.stdout.write(
        f"{told}new {done.new}, {told}changed {done.changed}, same {done.same}, "
        f"refused {len(refused) + len(done.refused)}\n"
    )
