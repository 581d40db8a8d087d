"""`naru staff`, `naru client`, `naru identity-simulator`: what is done before anybody signs in."""

import argparse
import sys
from pathlib import Path

from naru.domain import roles
from naru.domain.caller import Role
from naru.node.institution import Refused, access_for, guarded, known, open_folder
from naru.node.options import NodeOptions


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the three commands."""
    _add_staff(commands.add_parser("staff", help="invite the first of an institution's people"))
    _add_client(commands.add_parser("client", help="register apps that people may let in"))
    simulator = commands.add_parser(
        "identity-simulator", help="a provider of 본인확인 that believes what is typed"
    )
    simulator.add_argument("--port", type=int, required=True, help="on loopback")
    simulator.add_argument("--key", type=Path, required=True, help="file of the shared secret")
    simulator.set_defaults(run=guarded("identity-simulator", _simulate))


def _add_staff(parser: argparse.ArgumentParser) -> None:
    forms = parser.add_subparsers(metavar="FORM", required=True)
    invite = forms.add_parser("invite", help="print a code by which a person takes up a post")
    invite.add_argument("name", help="the person's name as 본인확인 says it")
    invite.add_argument(
        "--role",
        required=True,
        choices=[role.value for role in roles.appointable(by_operator=True)],
    )
    invite.add_argument("--institution", help="an OID; the operating body when not given")
    _with_data(invite)
    invite.set_defaults(run=guarded("staff", _invite))


def _add_client(parser: argparse.ArgumentParser) -> None:
    forms = parser.add_subparsers(metavar="FORM", required=True)
    register = forms.add_parser("register", help="let people let this app in")
    register.add_argument("name", help="as people read it")
    register.add_argument("--client-id", help="one is made when not given")
    register.add_argument("--redirect-uri", action="append", required=True)
    register.add_argument("--launch-uri", default="", help="where the app is opened (EHR launch)")
    register.add_argument("--scope", required=True, help="what it may ask for, parted by spaces")
    register.add_argument("--institution", help="whose app it is, an OID; citizens' when not given")
    register.add_argument(
        "--confidential", action="store_true", help="it signs: trust its key by `naru provider`"
    )
    register.set_defaults(run=guarded("client", _register))
    suspend = forms.add_parser("suspend", help="give it nothing, from the next request on")
    suspend.add_argument("client_id")
    suspend.set_defaults(run=guarded("client", _suspend))
    listed = forms.add_parser("list", help="print every app, a line each")
    listed.set_defaults(run=guarded("client", _list))
    for form in (register, suspend, listed):
        _with_data(form)


def _with_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=NodeOptions.from_environment().data)


def _invite(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.accounts.errors import Refused as AccountRefused
    from naru.accounts.posts import Invitation
    from naru.domain.korea import korean_day
    from naru.exchange.callers import staff

    access = access_for(staff.STAFF)
    try:
        invitation = Invitation(
            institution=known(chosen.institution) if chosen.institution else None,
            role=Role(chosen.role),
            name=chosen.name,
            first_day=korean_day(access.time),
        )
        _post, code = staff.invite(access, invitation)
    except (ValueError, AccountRefused) as refusal:
        raise Refused("nobody is appointed to this role, or not so") from refusal
    sys.stdout.write(f"{code}\n")


def _register(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.accounts import clients
    from naru.accounts.errors import ClientInvalid
    from naru.accounts.values import OAuthClient
    from naru.exchange.callers import apps

    client = OAuthClient(
        id=chosen.client_id or clients.new_id(),
        name=chosen.name,
        institution=known(chosen.institution) if chosen.institution else None,
        redirect_uris=tuple(chosen.redirect_uri),
        launch_uri=chosen.launch_uri,
        scopes=frozenset(chosen.scope.split()),
        confidential=chosen.confidential,
        suspended=False,
    )
    try:
        kept = apps.register(access_for(apps.CLIENT), client)
    except ClientInvalid as refusal:
        raise Refused(str(refusal)) from refusal
    sys.stdout.write(f"{kept.id}\n")


def _suspend(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.accounts.errors import NotFound
    from naru.exchange.callers import apps

    try:
        apps.suspend(access_for(apps.CLIENT), chosen.client_id, suspended=True)
    except NotFound:
        raise Refused(f"{chosen.client_id} is no app that is registered") from None


def _list(chosen: argparse.Namespace) -> None:
    open_folder(chosen.data)

    from naru.exchange.callers import apps

    for one in apps.registered(access_for(apps.LIST)):
        state = "suspended" if one.suspended else "registered"
        sys.stdout.write(f"{one.id}\t{one.name}\t{state}\t{' '.join(one.redirect_uris)}\n")


def _simulate(chosen: argparse.Namespace) -> None:
    from naru.simulators.identity_provider import Simulator
    from naru.simulators.program import run

    try:
        secret = chosen.key.read_text("ascii").strip()
        server = Simulator(chosen.port, secret)
    except (OSError, ValueError) as error:
        raise Refused(f"the simulator does not start: {type(error).__name__}") from error
    run(server, lambda where: sys.stdout.write(f"NARU_IDENTITY_PROVIDER={where}"))
