"""What a data folder says of itself, in `node.json`: what it is, and where its database is.

`naru serve` writes it; every command beside the node reads it, so that none works on another
database than the node does. It holds no secret: a password of the database is left out, and libpq
finds it in PGPASSWORD or ~/.pgpass, or the whole URL is given again in NARU_DATABASE.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from naru.node.options import NodeOptions
from naru.security.files import OWNER_ONLY

FILE: Final = "node.json"


class FolderRefused(Exception):
    """A data folder may not be used so; the sentence is for the operator."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The options that belong to the folder and not to one start of the node."""

    sandbox: bool
    demo: bool
    database: str = ""
    objects: str = ""
    codes: str = ""
    affinity_domains: tuple[str, ...] = ()
    rrn_authority: str = ""
    oid_root: str = ""
    operating_body: str = ""
    joining: str = ""
    agreement: str = ""
    programmes: str = ""
    forms: str = ""
    audit_to: tuple[str, ...] = ()
    audit_years: int = 0


def read(data: Path) -> Told | None:
    """What the folder says; None where it was never served. Raises FolderRefused."""
    try:
        return msgspec.json.decode((data / FILE).read_bytes(), type=Told)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FolderRefused(f"{data / FILE} cannot be read: {error}") from error


def require_kind(options: NodeOptions) -> None:
    """Refuse to serve a folder as what it is not, whatever database is named beside it."""
    told = read(options.data)
    if told is None or (told.sandbox, told.demo) == (options.sandbox, options.demo):
        return
    if told.demo or options.demo:
        raise FolderRefused(
            f"{options.data} is a demo's; only `naru demo` opens it"
            if told.demo
            else f"{options.data} is no demo's; `naru demo` needs one of its own (--data DIR)"
        )
    raise FolderRefused(
        f"{options.data} is a sandbox; start it with --sandbox, or choose another (--data DIR)"
        if told.sandbox
        else f"{options.data} was used without --sandbox; a sandbox needs a folder of its own"
    )


def recalled(options: NodeOptions) -> NodeOptions:
    """The options with all that was not given now as it was when the folder was last served."""
    told = read(options.data)
    if told is None:
        return options
    return replace(
        options,
        sandbox=told.sandbox,
        demo=told.demo,
        database=options.database or told.database,
        objects=options.objects or told.objects,
        codes=options.codes or (Path(told.codes) if told.codes else None),
        affinity_domains=options.affinity_domains or told.affinity_domains,
        rrn_authority=options.rrn_authority or told.rrn_authority,
        oid_root=options.oid_root or told.oid_root,
        operating_body=options.operating_body or told.operating_body,
        joining=options.joining or (Path(told.joining) if told.joining else None),
        agreement=options.agreement or (Path(told.agreement) if told.agreement else None),
        programmes=options.programmes or (Path(told.programmes) if told.programmes else None),
        forms=options.forms or (Path(told.forms) if told.forms else None),
        audit_to=options.audit_to or told.audit_to,
        audit_years=options.audit_years or told.audit_years,
    )


def remember(options: NodeOptions) -> None:
    """Write down the options as they were given; readers see the whole file or none."""
    told = Told(
        sandbox=options.sandbox,
        demo=options.demo,
        database=without_password(options.database),
        objects=options.objects,
        codes=str(options.codes.resolve()) if options.codes else "",
        affinity_domains=options.affinity_domains,
        rrn_authority=options.rrn_authority,
        oid_root=options.oid_root,
        operating_body=options.operating_body,
        joining=str(options.joining.resolve()) if options.joining else "",
        agreement=str(options.agreement.resolve()) if options.agreement else "",
        programmes=str(options.programmes.resolve()) if options.programmes else "",
        forms=str(options.forms.resolve()) if options.forms else "",
        audit_to=options.audit_to,
        audit_years=options.audit_years,
    )
    draft = options.data / f".{FILE}.{os.getpid()}"
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")
    draft.chmod(OWNER_ONLY)
    draft.replace(options.data / FILE)


def without_password(url: str) -> str:
    """A database's URL without its secret, wherever in it that stands."""
    parts = urlsplit(url)
    credentials, at, place = parts.netloc.rpartition("@")
    user = credentials.partition(":")[0]
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in _SECRETS]
    return urlunsplit(parts._replace(netloc=f"{user}{at}{place}", query=urlencode(kept)))


_SECRETS: Final = frozenset({"password", "sslpassword"})
