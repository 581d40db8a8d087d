"""`naru provider`: say whose signatures are believed, and what for: users, or a client's asking."""

import argparse
import sys
from pathlib import Path
from uuid import UUID

from naru.domain.provider import SignerKind
from naru.node.institution import Refused, access_for, guarded, known, open_folder
from naru.node.options import NodeOptions


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its forms."""
    parser = commands.add_parser("provider", help="say whose signatures are believed")
    forms = parser.add_subparsers(metavar="FORM", required=True)
    trust = forms.add_parser("trust", help="believe what a certificate signs")
    trust.add_argument("issuer", help="its entity id in assertions, or its client_id")
    trust.add_argument(
        "--for",
        dest="kind",
        required=True,
        choices=[SignerKind.ASSERTION_PROVIDER, SignerKind.CLIENT],
        help="it says who users are (SAML), or asks for tokens in one institution's name (OAuth)",
    )
    trust.add_argument("--certificate", type=Path, required=True, help="its certificate, PEM")
    whom = trust.add_mutually_exclusive_group(required=True)
    whom.add_argument("--institution", action="append", help="an OID; may be repeated")
    whom.add_argument("--everywhere", action="store_true", help="for users of each, and patients")
    trust.set_defaults(run=guarded("provider", _trust))
    distrust = forms.add_parser("distrust", help="believe it no more, from the next request on")
    distrust.add_argument("fingerprint", help="its certificate's SHA-256")
    distrust.set_defaults(run=guarded("provider", _distrust))
    listed = forms.add_parser("list", help="print every trusted certificate, a line each")
    listed.set_defaults(run=guarded("provider", _list))
    for form in (trust, distrust, listed):
        form.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)


def _trust(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.security.errors import CertificateUnreadable
    from naru.security.peer import der_of

    institutions = None if chosen.everywhere else tuple(map(known, chosen.institution))
    try:
        certificate = der_of(chosen.certificate.read_bytes())
        fingerprint = _trusted(chosen, certificate, institutions)
    except OSError as error:
        raise Refused(f"{chosen.certificate}: {error.strerror}") from error
    except CertificateUnreadable as error:
        raise Refused(str(error)) from error
    sys.stdout.write(f"{fingerprint}\n")


def _trusted(
    chosen: argparse.Namespace, certificate: bytes, institutions: tuple[UUID, ...] | None
) -> str:
    from naru.exchange.institutions import providers

    if chosen.kind == SignerKind.ASSERTION_PROVIDER:
        access = access_for("trust provider")
        return providers.trust(access, chosen.issuer, certificate, institutions).fingerprint
    if institutions is None or len(institutions) != 1:
        raise Refused("a client asks in the name of one institution")
    access = access_for("trust client")
    return providers.trust_client(access, chosen.issuer, certificate, institutions[0]).fingerprint


def _distrust(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.directory.errors import UnknownProvider
    from naru.exchange.institutions import providers

    try:
        providers.distrust(access_for("distrust provider"), chosen.fingerprint)
    except UnknownProvider as refusal:
        raise Refused(str(refusal)) from refusal


def _list(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from django.utils import timezone

    from naru.domain.korea import korean_day
    from naru.exchange.institutions import providers

    for one in providers.trusted(on=korean_day(timezone.now())):
        whom = f"{one.institutions} institutions" if one.institutions else "everywhere"
        until = one.valid_to or "-"
        sys.stdout.write(f"{one.fingerprint}\t{until}\t{one.kind}\t{whom}\t{one.name}\n")
