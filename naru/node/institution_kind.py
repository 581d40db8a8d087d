"""`naru institution kind`: an insurer that was admitted as an agency is one from now on."""

import argparse
from pathlib import Path

from naru.domain.institution import GIVEN_TO, InstitutionKind
from naru.node.institution import Refused, access_for, guarded, known, one_line, open_folder
from naru.node.options import NodeOptions


def add_to(forms: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this form beside the others of `naru institution`."""
    form = forms.add_parser("kind", help="make an insurer of an agency, or the other way")
    form.add_argument("oid", help="the institution's OID")
    form.add_argument("kind", choices=sorted(GIVEN_TO), help="what it is from now on")
    form.add_argument("--reason", required=True, help="why, for the audit")
    form.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)
    form.set_defaults(run=guarded("institution", _change))


def _change(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.directory.errors import KindFixed
    from naru.exchange.institutions import admission

    access = access_for("change institution kind")
    access.query = one_line(chosen.reason)
    if not access.query:
        raise Refused("say why, for the audit: --reason")
    try:
        admission.change_kind(access, known(chosen.oid), InstitutionKind(chosen.kind))
    except KindFixed as refusal:
        raise Refused(str(refusal)) from refusal
