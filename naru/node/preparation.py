"""What a node does before it answers: keys, certificates, tables, its mark."""

import os
import resource
import socket
import sqlite3
from dataclasses import replace
from typing import Final

from naru.audit import retention
from naru.consent import programmes
from naru.consent.errors import InvalidPolicy
from naru.domain.caller import XuaRule
from naru.faces.atna.destination import DestinationRefused, read_destination
from naru.formats.affinity_domain import InvalidCodeSets
from naru.formats.cda import FormWrong
from naru.formats.xml import XmlRefused
from naru.node import master_key, tls
from naru.node.options import NodeOptions
from naru.security.errors import KeyRefused
from naru.storage.sqlite import SQLiteTooOld

LAST_PORT: Final = 65_535


def enter(options: NodeOptions) -> NodeOptions:
    """Make `options` those of this process and of every process it starts, and load Django."""
    import django

    os.umask(0o077)  # Nothing that this node writes is for other users of the machine.
    # The memory of a node holds keys and people: when it crashes, none of it is left on a disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    options.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    master_key.require(options)
    complete = _with_affinity_domains(options)
    os.environ.update(complete.to_environment())
    os.environ["DJANGO_SETTINGS_MODULE"] = "naru.node.settings"
    django.setup()
    return complete


class NotPrepared(Exception):
    """The node cannot start; the sentence is for its operator."""


def require_files(options: NodeOptions) -> None:
    """Raise NotPrepared where a destination, a certificate or a file that was named is none."""
    try:
        for url in options.audit_to:
            read_destination(url)
        tls.require_readable(options)
        if options.programmes:
            programmes.read(options.programmes.read_bytes())
    except OSError as error:
        raise NotPrepared(f"NARU_PROGRAMMES: {error}") from error
    except (DestinationRefused, InvalidPolicy, tls.CertificatesRefused) as refusal:
        raise NotPrepared(str(refusal)) from refusal


def prepare(options: NodeOptions) -> NodeOptions:
    """Bring the data folder into the state that this version needs; safe to repeat.

    Raises NotPrepared; a folder of the other kind is refused before anything but the tables is
    touched.
    """
    _require_database(options)
    if options.xua_rule is XuaRule.IGNORED and not options.sandbox:
        raise NotPrepared("only a sandbox ignores the assertions of users (--xua)")
    least = retention.law()
    if options.audit_years and options.audit_years < least.least_years:
        raise NotPrepared(
            f"NARU_AUDIT_YEARS: records of access are kept for {least.least_years} years at least"
            f" ({least.basis})"
        )
    try:
        complete = enter(options)
    except (OSError, KeyRefused, InvalidCodeSets, FormWrong, XmlRefused, SQLiteTooOld) as error:
        raise NotPrepared(str(error)) from error
    _prepare_database(complete)
    return complete


def _require_database(options: NodeOptions) -> None:
    """A lost database is never replaced by an empty one: its documents would be nobody's."""
    if options.database or options.database_file.exists():
        return
    if master_key.holds(options.data / "objects"):
        raise NotPrepared(
            f"there are documents but no {options.database_file}: put it back from the backup "
            "(`naru doctor` says more)"
        )


def require_ports(options: NodeOptions) -> None:
    """Raise NotPrepared where another program listens on one of the node's ports."""
    streams = (options.port, options.tls_port, options.audit_port, options.audit_tcp_port)
    wanted = [(port, socket.SOCK_STREAM) for port in streams]
    for port, kind in (*wanted, (options.audit_udp_port, socket.SOCK_DGRAM)):
        if port and not 0 < port <= LAST_PORT:
            raise NotPrepared(f"{port} is no port: choose one from 1 to {LAST_PORT}")
        if port:
            _require_free(options.bind, port, kind)


def _require_free(address: str, port: int, kind: socket.SocketKind) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise NotPrepared(f"{address}:{port} cannot be used: {error.strerror}") from error


def _prepare_database(options: NodeOptions) -> None:
    from django.core.management import call_command
    from django.db import Error, connections
    from django.utils import timezone

    from naru.node import mark
    from naru.terminology import services as terminology

    try:
        call_command("migrate", interactive=False, verbosity=0)
        terminology.load_built_in(now=timezone.now())
        mark.settle(sandbox=options.sandbox, demo=options.demo, now=timezone.now())
        if options.sandbox:
            _establish_sandbox_repository()
    except (mark.SandboxRefused, mark.DemoRefused, mark.KeyOfAnother) as error:
        raise NotPrepared(str(error)) from error
    except (Error, sqlite3.Error) as error:
        where = "the database" if options.database else options.database_file
        raise NotPrepared(
            f"{where} cannot be used: {str(error).strip()}; `naru doctor` says what to do"
        ) from error
    finally:
        connections.close_all()  # A forked child must not inherit an open connection.


def _with_affinity_domains(options: NodeOptions) -> NodeOptions:
    """The patient identification domains: given, of a sandbox's code file, or one of our own."""
    from naru.node import codes

    if options.affinity_domains:
        return options
    authorities = sorted(codes.load(options.codes).assigning_authorities)
    if not (options.sandbox and authorities):
        authorities = [_own_oid(options, "patient-identification-domain")]
    return replace(options, affinity_domains=tuple(authorities))


def _own_oid(options: NodeOptions, purpose: str) -> str:
    """An OID that is this data folder's for good: under 2.25, from what lasts of its keys."""
    from naru.security.keys import open_ring

    return f"2.25.{int.from_bytes(open_ring(options.keys).derive(f'oid/{purpose}')[:16])}"


def _establish_sandbox_repository() -> None:
    from uuid import UUID

    from naru.node.settings import NARU
    from naru.repository import queries, services

    if not queries.repositories():
        services.establish(
            oid=_own_oid(NARU, "sandbox-repository"), institution=UUID(int=0), name="Sandbox"
        )
