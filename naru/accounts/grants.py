"""What people let apps do: a code that is good once, then refresh tokens of which the newest is.

Whatever comes a second time, code or token, was taken by somebody: its whole family ends.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import msgspec
from django.db import transaction

from naru.accounts import sealed, sessions
from naru.accounts.errors import NotRecognised
from naru.accounts.models import Client, SignIn
from naru.accounts.models import Grant as GrantRow
from naru.accounts.values import Session
from naru.security import keys

if TYPE_CHECKING:
    from django.db.models import QuerySet

CODE_LIFETIME: Final = timedelta(minutes=1)
"""A browser takes a code to its app at once (OAuth 2.1 section 4.1.2: ten minutes at most)."""

_KIND: Final = "grant"


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What was allowed: by whom, at whose page, for which patient, and how the code is proved."""

    redirect_uri: str
    challenge: str
    scopes: tuple[str, ...]
    acts_as: str
    patient: UUID | None = None
    nonce: str = ""


_terms: Final = msgspec.json.Decoder(Terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A grant that stands, with the sign-in in which it was given as it stands now.

    `refresh` is the next refresh token where the terms allow one. `family` names all that follows
    from the one code: where it ends, every token of it does.
    """

    family: UUID
    client: str
    terms: Terms
    session: Session
    refresh: str


class Replayed(NotRecognised):
    """A code or token came a second time; everything of its family has ended."""


def allow(client_id: str, session: UUID, terms: Terms, now: datetime) -> str:
    """A code for the app; it is good once, for CODE_LIFETIME."""
    grant, code = uuid4(), secrets.token_urlsafe(32)
    sign_in = SignIn.objects.get(public_id=session)
    GrantRow.objects.create(
        public_id=grant,
        client=Client.objects.get(client_id=client_id),
        sign_in=sign_in,
        code=sealed.token("code", code),
        code_ends=now + CODE_LIFETIME,
        ends=sign_in.started_at + sessions.LIFETIME,
        sealed=keys.ring()
        .sealer(f"accounts/{_KIND}")
        .seal(msgspec.json.encode(terms), grant.bytes),
    )
    return code


def redeem(code: str, client_id: str, now: datetime) -> Granted:
    """What a code stands for; raises NotRecognised, and Replayed after ending its family.

    Another client's code stays good for its own.
    """
    with transaction.atomic():
        row = _locked(client_id).filter(code=sealed.token("code", code)).first()
        if row is None:
            raise NotRecognised
        replayed = row.code_used
        if replayed:
            _end(row, now)
        elif row.code_ends <= now or row.ended_at:
            raise NotRecognised
        else:
            row.code_used = True
            row.save(update_fields=["code_used"])
    if replayed:
        raise Replayed
    return _granted(row, "", now)


def offer_refresh(code: str) -> str:
    """The first refresh token of the family that this code began."""
    row = GrantRow.objects.get(code=sealed.token("code", code))
    return _rotate(row)


def refresh(token: str, client_id: str, now: datetime) -> Granted:
    """What a refresh token stands for, with the next one, after which this one is good no more.

    Raises NotRecognised, and Replayed after ending the family (OAuth 2.1 section 4.3.1).
    """
    family, _, secret = token.partition(".")
    try:
        grant = UUID(family)
    except ValueError:
        raise NotRecognised from None
    with transaction.atomic():
        row = _locked(client_id).filter(public_id=grant).first()
        if row is None or row.ended_at or row.ends <= now or row.refresh is None:
            raise NotRecognised
        newest = secrets.compare_digest(bytes(row.refresh), sealed.token("refresh", token))
        # Only who once had a token of the family knows its name and how such a token is made.
        ours = secrets.compare_digest(secret[:_MAC], _mac(grant, secret[_MAC:]))
        if not (newest or ours):
            raise NotRecognised
        following = ""
        if newest:
            following = _rotate(row)
        else:
            _end(row, now)
    if not newest:
        raise Replayed
    return _granted(row, following, now)


def stands(family: UUID) -> bool:
    """Whether nothing of it came twice (RFC 6749 4.1.2), and nobody ended it."""
    return GrantRow.objects.filter(public_id=family, ended_at=None).exists()


_MAC: Final = 24


def _mac(grant: UUID, nonce: str) -> str:
    return sealed.token("refresh-family", f"{grant}.{nonce}").hex()[:_MAC]


def _rotate(row: GrantRow) -> str:
    nonce = secrets.token_urlsafe(32)
    token = f"{row.public_id}.{_mac(row.public_id, nonce)}{nonce}"
    row.refresh, row.number = sealed.token("refresh", token), row.number + 1
    row.save(update_fields=["refresh", "number"])
    return token


def _locked(client_id: str) -> "QuerySet[GrantRow]":
    rows = GrantRow.objects.select_for_update(of=("self",)).select_related("sign_in", "client")
    return rows.filter(client__client_id=client_id, client__suspended=False)


def _end(row: GrantRow, now: datetime) -> None:
    row.ended_at = now
    row.save(update_fields=["ended_at"])


def _granted(row: GrantRow, following: str, now: datetime) -> Granted:
    session = sessions.session(row.sign_in.public_id, now, idle=False)
    if session is None:
        raise NotRecognised
    plain = keys.ring().sealer(f"accounts/{_KIND}").open(bytes(row.sealed), row.public_id.bytes)
    return Granted(
        family=row.public_id,
        client=row.client.client_id,
        terms=_terms.decode(plain),
        session=session,
        refresh=following,
    )
