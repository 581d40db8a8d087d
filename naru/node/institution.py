"""`naru institution`: admit institutions to this node, list them, and look after their standing."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

from naru.domain.identifiers import is_oid
from naru.domain.institution import GIVEN_TO, InstitutionKind
from naru.node import folder, preparation, tls
from naru.node.options import NodeOptions

if TYPE_CHECKING:
    from naru.domain.institution import Institution
    from naru.exchange.access import Access
    from naru.security.authority import Authority, Issued


LONGEST_REASON: Final = 500
"""Characters of why an institution goes past the joining procedure."""


class Refused(Exception):
    """The command cannot be done; the sentence says why."""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its forms."""
    parser = commands.add_parser("institution", help="admit institutions and look after them")
    forms = parser.add_subparsers(metavar="FORM", required=True)
    _add_admit(forms)
    _add_certificate(forms)
    _add_accept(forms)
    _add_revoke(forms)
    # They use what stands here.
    from naru.node import institution_certificates, institution_kind, registers

    institution_certificates.add_to(forms)
    institution_kind.add_to(forms)
    registers.add_to(forms)
    for form, sentence, run in (
        ("list", "print every institution, a line each", _list),
        ("suspend", "admit an institution no more, from the next request on", _suspend),
        ("approve", "admit a suspended institution again", _approve),
    ):
        each = forms.add_parser(form, help=sentence)
        each.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)
        each.set_defaults(run=guarded("institution", run))
        if form != "list":
            each.add_argument("oid", help="the institution's OID")


def _add_admit(forms: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    admit = forms.add_parser("admit", help="approve an institution and issue its certificate")
    admit.add_argument("name", help="the institution's name")
    admit.add_argument("--oid", required=True, help="its OID")
    admit.add_argument("--code", default="", help="its 요양기관기호")
    admit.add_argument("--telephone", default="", help="its telephone number, for documents")
    keeper = admit.add_mutually_exclusive_group(required=True)
    keeper.add_argument("--hub", help="the OID of the hub that keeps its documents")
    keeper.add_argument("--repository", help="it is a hub: the OID of its repository")
    keeper.add_argument(
        "--kind",
        choices=sorted(GIVEN_TO),
        help="it gives no care, and is given documents by patients",
    )
    admit.add_argument(
        "--past-the-procedure",
        default="",
        metavar="REASON",
        help="why it takes no part in the joining procedure; needed but on a sandbox or a demo",
    )
    _add_files(admit)
    admit.set_defaults(run=guarded("institution", _admit))


def _add_certificate(forms: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    certificate = forms.add_parser(
        "certificate", help="issue a new certificate, as after the loss of a key"
    )
    certificate.add_argument("oid", help="the institution's OID")
    certificate.add_argument("--telephone", default="", help="its telephone number, for documents")
    _add_files(certificate)
    certificate.set_defaults(run=guarded("institution", _certificate))


def _add_accept(forms: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    accept = forms.add_parser("accept", help="know an institution by a certificate of its own")
    accept.add_argument("oid", help="the institution's OID")
    accept.add_argument("--certificate", type=Path, required=True, help="PEM or DER")
    accept.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)
    accept.set_defaults(run=guarded("institution", _accept))


def _add_revoke(forms: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    revoke = forms.add_parser("revoke", help="accept a certificate no more")
    what = revoke.add_mutually_exclusive_group(required=True)
    what.add_argument("fingerprint", nargs="?", help="the certificate's SHA-256")
    what.add_argument("--all", metavar="OID", help="every certificate of an institution")
    revoke.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)
    revoke.set_defaults(run=guarded("institution", _revoke))


def _add_files(form: argparse.ArgumentParser) -> None:
    form.add_argument(
        "--facility-type",
        default="",
        metavar="CODE",
        help="its 요양기관종별 for documents, as 31 for 의원 (default: 11, 종합병원)",
    )
    form.add_argument("--out", type=Path, required=True, help="a new folder for its link's files")
    form.add_argument(
        "--url",
        default="https://127.0.0.1:8081",
        help="where its link finds us (default: %(default)s)",
    )
    form.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)


def guarded(
    command: str, run: Callable[[argparse.Namespace], None]
) -> Callable[[argparse.Namespace], int]:
    """The command as the program runs it: what refuses it is said in a line."""

    def run_guarded(chosen: argparse.Namespace) -> int:
        try:
            run(chosen)
        except (Refused, preparation.NotPrepared, folder.FolderRefused) as refusal:
            sys.stderr.write(f"naru {command}: {refusal}\n")
            return 1
        return 0

    return run_guarded


def open_folder(data: Path) -> NodeOptions:
    """The data folder of a node that was served once. Raises Refused."""
    if not (data / "keys").is_dir():
        raise Refused(f"{data} is no node's data folder; `naru serve` makes one at its first start")
    given = replace(NodeOptions.from_environment(), data=data)
    return preparation.prepare(folder.recalled(given))


def access_for(transaction: str) -> "Access":
    """The access record of a command, in the operator's name."""
    from django.utils import timezone

    from naru.exchange import identify
    from naru.exchange.access import Access

    return Access(transaction=transaction, caller=identify.operator(), time=timezone.now())


def _admit(chosen: argparse.Namespace) -> None:
    options = open_folder(chosen.data)

    from naru.directory.errors import DirectoryRefused
    from naru.exchange.institutions import admission
    from naru.repository.errors import RepositoryTaken
    from naru.security.authority import create_authority

    reason = _past_the_procedure(chosen, options)
    _check(chosen, chosen.oid, chosen.hub, chosen.repository)
    _check_text(chosen.name + chosen.telephone + chosen.code + chosen.facility_type)
    access = access_for("admit institution")
    access.query = reason or None
    hub = _hub(chosen.hub) if chosen.hub else None
    applicant = admission.Applicant(
        name=chosen.name,
        oid=chosen.oid,
        code=chosen.code or None,
        hub=hub,
        repository=chosen.repository,
        agency=chosen.kind == InstitutionKind.AGENCY,
        insurer=chosen.kind == InstitutionKind.INSURER,
    )
    authority = create_authority(options.authority, access.time)
    chosen.out.mkdir(mode=0o700, parents=True)  # The key is given once: its place comes first.
    try:
        admitted, issued = admission.admit(access, applicant, authority)
    except (DirectoryRefused, RepositoryTaken) as refusal:
        chosen.out.rmdir()
        raise Refused(str(refusal)) from refusal
    _write_files(chosen, options, admitted, issued, authority)


def _past_the_procedure(chosen: argparse.Namespace, options: NodeOptions) -> str:
    """Why an institution is admitted without agreement and review; raises Refused without one.

    It stands in the access record, sealed. Sandboxes and demos have no real institutions.
    """
    reason = one_line(chosen.past_the_procedure)
    if not (reason or options.sandbox or options.demo):
        raise Refused(
            "institutions join by their procedure (`naru joining`, /console/joining); whoever has "
            "to go past it says why, for the audit: --past-the-procedure REASON"
        )
    return reason


def one_line(given: str) -> str:
    """A reason as the audit keeps it. Raises Refused."""
    reason = " ".join(given.split())
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        raise Refused(f"a reason is one line of at most {LONGEST_REASON} characters")
    return reason


def _certificate(chosen: argparse.Namespace) -> None:
    options = open_folder(chosen.data)

    from naru.exchange.institutions import admission
    from naru.security.authority import create_authority

    _check(chosen, chosen.oid)
    _check_text(chosen.telephone + chosen.facility_type)
    access = access_for("certify institution")
    institution = _institution(chosen.oid)
    authority = create_authority(options.authority, access.time)
    chosen.out.mkdir(mode=0o700, parents=True)
    issued = admission.certify(access, institution, authority)
    _write_files(chosen, options, institution, issued, authority)


def _write_files(
    chosen: argparse.Namespace,
    options: NodeOptions,
    institution: "Institution",
    issued: "Issued",
    authority: "Authority",
) -> None:
    from naru.node import institution_files

    if institution.kind in GIVEN_TO:
        institution_files.write_identity(chosen.out, issued, authority)
        sys.stdout.write(f"{chosen.out}\n")
        return
    configured = institution_files.Configured(
        name=institution.name,
        oid=chosen.oid,
        code=institution.code or "",
        telephone=chosen.telephone,
        facility_type=chosen.facility_type,
        url=chosen.url,
        repository=_repository_of(institution),
        affinity_domain=options.affinity_domains[0],
        resident_number_authority=options.rrn_authority,
    )
    try:
        written = institution_files.write(chosen.out, issued, authority, configured)
    except OSError as error:
        raise Refused(
            f"it is done, but its files could not be written ({error.strerror or error}); "
            f"make new ones with: naru institution certificate {chosen.oid} --out DIR"
        ) from error
    sys.stdout.write(f"{written}\n")


def _check(chosen: argparse.Namespace, *oids: str | None) -> None:
    for given in filter(None, oids):
        if not is_oid(given):
            raise Refused(f"{given} is no OID")
    if chosen.out.exists():
        raise Refused(f"{chosen.out} exists and is not replaced")


def _check_text(text: str) -> None:
    if any(character in text for character in '"\\\n'):
        raise Refused("a name, code or telephone number holds no quote, backslash or line end")


def known(oid: str) -> UUID:
    """The institution of an OID. Raises Refused."""
    return _institution(oid).id


def _hub(oid: str) -> UUID:
    hub = _institution(oid)
    _repository_of(hub)  # Refused before anything is done.
    return hub.id


def _institution(oid: str) -> "Institution":
    from django.utils import timezone

    from naru.domain.korea import korean_day
    from naru.exchange.institutions import admission

    for one in admission.institutions(on=korean_day(timezone.now())):
        if one.oid == oid:
            return one
    raise Refused(f"no institution here has the OID {oid}")


def _repository_of(institution: "Institution") -> str:
    from naru.repository import queries

    kept = queries.of_institution(institution.hub or institution.id)
    if kept is None:
        raise Refused("the hub keeps no repository")
    return kept.oid


def _list(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from django.utils import timezone

    from naru.domain.korea import korean_day
    from naru.exchange.institutions import admission

    candidates = admission.candidates()
    for one in admission.institutions(on=korean_day(timezone.now())):
        stopped = "candidate" if one.id in candidates else "suspended"
        state = "approved" if one.approved else stopped
        sys.stdout.write(f"{one.oid or '-'}\t{one.code or '-'}\t{one.kind}\t{state}\t{one.name}\n")


def _suspend(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.exchange.institutions import admission

    admission.suspend(access_for("suspend institution"), known(chosen.oid))


def _approve(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.exchange.institutions import admission

    admission.approve(access_for("approve institution"), known(chosen.oid))


def _accept(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.directory.errors import DirectoryRefused
    from naru.exchange.institutions import admission
    from naru.security.errors import CertificateUnreadable

    try:
        certificate = tls.der(chosen.certificate)
        access = access_for("accept certificate")
        fingerprint = admission.accept(access, known(chosen.oid), certificate)
    except (tls.CertificatesRefused, CertificateUnreadable, DirectoryRefused) as refusal:
        raise Refused(str(refusal)) from refusal
    sys.stdout.write(
        f"{fingerprint}\nThe listener lets it in once `naru serve --trust` names this file"
        " or that of its authority.\n"
    )


def _revoke(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.directory.errors import UnknownCertificate
    from naru.exchange.institutions import admission

    access = access_for("revoke certificate")
    if chosen.all:
        number = admission.revoke_all(access, known(chosen.all))
        sys.stdout.write(f"{number} revoked\n")
        return
    try:
        admission.revoke(access, chosen.fingerprint)
    except UnknownCertificate as refusal:
        raise Refused(str(refusal)) from refusal
