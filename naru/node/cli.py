"""The command `naru`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from naru.conformance import commands as conformance
from naru.domain.caller import XuaRule
from naru.link import commands as link
from naru.node import (
    audit,
    claim,
    document_command,
    institution,
    joining,
    keys,
    notices_command,
    patient,
    people,
    provider,
    terminology,
)
from naru.node import options as node
from naru.node.roles import ROLES


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status says whether it did what was asked."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if not hasattr(chosen, "run"):
        parser.print_help()
        return 2
    return int(chosen.run(chosen))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="naru", description="나루: 환자의 동의로 건너가는 진료기록"
    )
    commands = parser.add_subparsers(metavar="COMMAND")
    _add_serve(commands)
    institution.add_to(commands)
    joining.add_to(commands)
    claim.add_to(commands)
    audit.add_to(commands)
    notices_command.add_to(commands)
    document_command.add_to(commands)
    patient.add_to(commands)
    provider.add_to(commands)
    people.add_to(commands)
    keys.add_to(commands)
    terminology.add_to(commands)
    link.add_to(commands)
    _add_demo(commands)
    _add_doctor(commands)
    conformance.add_to(commands)
    return parser


def _add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = commands.add_parser("serve", help="run this node's roles until told to stop")
    add_node_options(serve)
    serve.add_argument("--ready-file", type=Path, help="written once traffic is really answered")
    serve.set_defaults(run=_serve)


def _add_demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser("demo", help="play a record's crossing, then keep the page open")
    demo.add_argument("--data", type=Path, default=Path("demo-data"), help="wiped at each start")
    demo.add_argument("--port", type=int, help="pages; the wire's port is the next one")
    demo.add_argument("--exit", action="store_true", help="end once the story is told")
    demo.add_argument("--keep", action="store_true", help="go on with the folder of last time")
    demo.add_argument("--story", default="", help="also play a told story by its name, or all")
    demo.set_defaults(run=_demo)


def _add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    doctor = commands.add_parser("doctor", help="say in words what is wrong, and what to do")
    add_node_options(doctor)
    doctor.set_defaults(run=_doctor)


def add_node_options(parser: argparse.ArgumentParser) -> None:
    """The options that every command which starts a node understands."""
    defaults = node.NodeOptions.from_environment()
    parser.add_argument("--data", type=Path, default=defaults.data, help="the data folder")
    parser.add_argument("--database", default=defaults.database, help="a postgresql:// URL")
    parser.add_argument("--bind", default=defaults.bind, help="the address to listen on")
    parser.add_argument("--port", type=int, default=defaults.port, help="pages, by HTTP")
    parser.add_argument(
        "--tls-port",
        type=int,
        default=defaults.tls_port or None,
        help="wire doors, by mutual TLS (default: PORT + 1; none in a sandbox)",
    )
    parser.add_argument(
        "--role",
        action="append",
        choices=ROLES,
        default=None,
        help="a role to play; may be repeated; all when none is given",
    )
    parser.add_argument(
        "--sandbox", action="store_true", default=defaults.sandbox, help="open consent, test codes"
    )
    _add_tls_options(parser, defaults)
    _add_audit_options(parser, defaults)
    _add_xua_options(parser, defaults)
    parser.add_argument("--codes", type=Path, default=defaults.codes, help="the code sets")
    parser.add_argument("--workers", type=int, default=defaults.workers, help="web processes")
    parser.add_argument("--threads", type=int, default=defaults.threads, help="threads in each")


def _add_tls_options(parser: argparse.ArgumentParser, defaults: node.NodeOptions) -> None:
    parser.add_argument(
        "--certificate", type=Path, default=defaults.certificate, help="PEM; ours when not given"
    )
    parser.add_argument("--key", type=Path, default=defaults.key, help="the certificate's key, PEM")
    parser.add_argument(
        "--trust",
        action="append",
        type=Path,
        default=None,
        help="a certificate of an authority or of one peer, PEM or DER; may be repeated",
    )


def _add_audit_options(parser: argparse.ArgumentParser, defaults: node.NodeOptions) -> None:
    parser.add_argument(
        "--audit-to",
        action="append",
        metavar="URL",
        default=None,
        help="an audit record repository: tls://, tcp:// or udp://host:port; may be repeated",
    )
    for name, by in (("", "mutual TLS"), ("-tcp", "plain TCP"), ("-udp", "UDP")):
        parser.add_argument(
            f"--audit{name}-port",
            type=int,
            default=getattr(defaults, f"audit{name}_port".replace("-", "_")),
            help=f"be an audit record repository, by {by}",
        )


def _add_xua_options(parser: argparse.ArgumentParser, defaults: node.NodeOptions) -> None:
    parser.add_argument(
        "--xua",
        choices=[rule.value for rule in XuaRule],
        default=defaults.xua or None,
        help="assertions of users, or tokens for them (default: accepted; in a sandbox ignored)",
    )
    parser.add_argument(
        "--audience",
        action="append",
        default=None,
        help="a URI by which assertions and tokens name this node; may be repeated",
    )


def chosen_options(chosen: argparse.Namespace) -> node.NodeOptions:
    """The node's options from what was typed and, below it, from the environment."""
    tls_port = chosen.tls_port
    if tls_port is None:
        tls_port = 0 if chosen.sandbox else chosen.port + 1
    environment = node.NodeOptions.from_environment().to_environment()
    typed = {
        "NARU_DATA": str(chosen.data),
        "NARU_DATABASE": chosen.database,
        "NARU_BIND": chosen.bind.strip("[]"),
        "NARU_PORT": str(chosen.port),
        "NARU_TLS_PORT": str(tls_port or ""),
        "NARU_SANDBOX": "1" if chosen.sandbox else "",
        "NARU_CODES": str(chosen.codes or ""),
        "NARU_CERTIFICATE": str(chosen.certificate or ""),
        "NARU_KEY": str(chosen.key or ""),
        "NARU_AUDIT_PORT": str(chosen.audit_port or ""),
        "NARU_AUDIT_TCP_PORT": str(chosen.audit_tcp_port or ""),
        "NARU_AUDIT_UDP_PORT": str(chosen.audit_udp_port or ""),
        "NARU_XUA": chosen.xua or "",
        "NARU_WORKERS": str(chosen.workers),
        "NARU_THREADS": str(chosen.threads),
    }
    if chosen.audience:
        typed["NARU_AUDIENCES"] = ",".join(chosen.audience)
    if chosen.role:
        typed["NARU_ROLES"] = ",".join(chosen.role)
    if chosen.trust:
        typed["NARU_TRUST"] = ",".join(map(str, chosen.trust))
    if chosen.audit_to:
        typed["NARU_AUDIT_TO"] = ",".join(chosen.audit_to)
    return node.NodeOptions.from_environment(environment | typed)


def _demo(chosen: argparse.Namespace) -> int:
    from naru.node.demonstration import Wish, demonstrate

    wish = Wish(
        data=chosen.data,
        port=chosen.port,
        leave=chosen.exit,
        keep=chosen.keep,
        story=chosen.story,
    )
    return demonstrate(wish)


def _doctor(chosen: argparse.Namespace) -> int:
    from naru.node import folder
    from naru.node.doctor import examine

    return examine(folder.recalled(chosen_options(chosen)))


def _serve(chosen: argparse.Namespace) -> int:
    from naru.node.serve import serve

    return serve(chosen_options(chosen), chosen.ready_file)


if __name__ == "__main__":
    sys.exit(main())
