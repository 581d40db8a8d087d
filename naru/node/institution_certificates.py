"""`naru institution …` of certificates that this node issued for keys of institutions' own."""

import argparse
import sys
from pathlib import Path

from naru.node.institution import Refused, access_for, guarded, known, open_folder
from naru.node.joining import write_new
from naru.node.options import NodeOptions


def add_to(forms: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these forms beside the others of `naru institution`."""
    listed = forms.add_parser("certificates", help="print the certificates of an institution")
    listed.add_argument("oid", help="the institution's OID")
    listed.add_argument("--out", type=Path, help="a new folder to write them into")
    listed.set_defaults(run=guarded("institution", _list))
    certify = forms.add_parser("certify", help="issue a certificate for a key of its own")
    certify.add_argument("oid", help="the institution's OID")
    certify.add_argument("--request", type=Path, required=True, help="PKCS#10, PEM")
    certify.add_argument("--out", type=Path, required=True, help="a new file, PEM")
    certify.set_defaults(run=guarded("institution", _certify))
    for name, sentence in (
        ("suspend-certificate", "let a certificate open nothing until it is resumed"),
        ("resume-certificate", "let a suspended certificate open doors again"),
        ("revoke-certificate", "end a certificate for good, suspended or not"),
    ):
        form = forms.add_parser(name, help=sentence)
        form.add_argument("fingerprint", help="the certificate's SHA-256")
        form.set_defaults(run=guarded("institution", _change), change=name.partition("-")[0])
    for form in (listed, certify, *(forms.choices[f"{one}-certificate"] for one in _CHANGES)):
        form.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)


_CHANGES = ("suspend", "resume", "revoke")


def _list(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.exchange.institutions import certificates

    held = certificates.held(access_for("list certificates"), known(chosen.oid))
    if chosen.out is not None:
        chosen.out.mkdir(mode=0o700, parents=True)
    for one in held:
        kind = "test" if one.test else "live"
        until = one.not_after.isoformat(timespec="seconds")
        sys.stdout.write(f"{one.fingerprint}\t{kind}\t{one.state}\t{until}\n")
        if chosen.out is not None:
            write_new(chosen.out / f"{kind}-{one.fingerprint[:16]}.pem", one.pem)


def _certify(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.directory.errors import DirectoryRefused
    from naru.exchange.institutions import certificates

    try:
        request = chosen.request.read_bytes()
        access = access_for("certify institution")
        made = certificates.certify(access, known(chosen.oid), request)
    except OSError as error:
        raise Refused(f"{chosen.request}: {error.strerror}") from error
    except DirectoryRefused as refusal:
        raise Refused(str(refusal)) from refusal
    write_new(chosen.out, made.certificate)
    sys.stdout.write(f"{made.fingerprint_sha256}\n")


def _change(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.directory.errors import DirectoryRefused
    from naru.exchange.institutions import certificates

    access = access_for(f"{chosen.change} certificate")
    try:
        getattr(certificates, chosen.change)(access, chosen.fingerprint)
    except DirectoryRefused as refusal:
        raise Refused(str(refusal)) from refusal
