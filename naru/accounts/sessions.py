"""Sign-ins: begun, asked at every request, ended. What ends holds from the next request on."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import connection

from naru.accounts import credentials, posts, sealed
from naru.accounts.errors import NotFound
from naru.accounts.models import Post as PostRow
from naru.accounts.models import SignIn, User
from naru.accounts.values import Account, Device, Link, Method, PasskeyRow, Post, Session
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.domain.roles import Factor
from naru.storage.columns import day_of, keys, moment_of, uuid_of

LIFETIME: Final = timedelta(hours=8)
"""One working day, whatever is done meanwhile."""

IDLE: Final = timedelta(minutes=30)
"""After which somebody else may sit at the screen."""

_SEEN_EACH: Final = timedelta(minutes=1)
"""How exactly it is kept when a sign-in was last seen: a look need not write each time."""

_LONGEST_NAME: Final = 80

# Written by hand: it is asked at every page, and Django's compiler costs more than the look-up.
_STANDING: Final = """
SELECT sign_in.seen_at, sign_in.method, sign_in.started_at, sign_in.passkey_at,
  sign_in.identity_at, sign_in.represented, account.public_id, identity.patient, identity.link,
  post.public_id, holder.public_id, post.institution, post.role, post.department, post.sealed,
  post.first_day, post.last_day, post.ended_at
FROM accounts_signin sign_in
JOIN accounts_user account ON account.id = sign_in.user_id
JOIN accounts_identity identity ON identity.user_id = account.id
LEFT JOIN accounts_post post ON post.id = sign_in.post_id
LEFT JOIN accounts_user holder ON holder.id = post.user_id
WHERE sign_in.public_id = %s AND sign_in.ended_at IS NULL AND account.is_active
"""


def begin(account: UUID, method: Method, device: str, name: str, now: datetime) -> UUID:
    """A new sign-in on the device of that secret; answers its id."""
    session = uuid4()
    SignIn.objects.create(
        public_id=session,
        user=User.objects.get(public_id=account),
        method=method,
        device_token=sealed.token("device", device),
        sealed=sealed.seal_text(name[:_LONGEST_NAME], "device", session),
        started_at=now,
        seen_at=now,
        passkey_at=now if method is Method.PASSKEY else None,
        identity_at=now if method is Method.IDENTITY else None,
    )
    return session


def knows_device(account: UUID, device: str) -> bool:
    """Whether the account was signed in to on this device before; the first one is no news."""
    mine = SignIn.objects.filter(user__public_id=account)
    return not mine.exists() or mine.filter(device_token=sealed.token("device", device)).exists()


def session(session: UUID, now: datetime, *, idle: bool = True) -> Session | None:
    """The sign-in if it stands at this moment: not ended, not too old, its person not blocked.

    A post that is over today counts no more. Without `idle` a screen that nobody touches counts
    too: for what an app does meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, keys([session]))
        row = cursor.fetchone()
    if row is None:
        return None
    seen, found = moment_of(row[0]), _session(session, row[1:])
    if found.begun <= now - LIFETIME or (idle and seen <= now - IDLE):
        return None
    if found.post is not None and not found.post.holds_on(korean_day(now)):
        return None  # Whoever ended a post ended what was signed in to by it.
    if idle and now - seen > _SEEN_EACH:
        SignIn.objects.filter(public_id=session).update(seen_at=now)
    return found


def whose(session: UUID) -> UUID | None:
    """The account of a sign-in, whether or not it stands; None of one that never was."""
    found = SignIn.objects.filter(public_id=session).values_list("user__public_id", flat=True)
    return found.first()


def end(account: UUID, session: UUID, now: datetime) -> None:
    """End one of the account's sign-ins; raises NotFound."""
    mine = SignIn.objects.filter(user__public_id=account, public_id=session, ended_at=None)
    if not mine.update(ended_at=now):
        raise NotFound


def end_all(account: UUID, now: datetime, *, but: UUID | None = None) -> int:
    """End every sign-in of the account but one; answers how many there were."""
    mine = SignIn.objects.filter(user__public_id=account, ended_at=None)
    if but is not None:
        mine = mine.exclude(public_id=but)
    return mine.update(ended_at=now)


def standing(account: UUID, now: datetime) -> int:
    """How many sign-ins of the account stand at this moment."""
    mine = SignIn.objects.filter(user__public_id=account, ended_at=None)
    return mine.filter(started_at__gt=now - LIFETIME, seen_at__gt=now - IDLE).count()


def show(session: UUID, factor: Factor, now: datetime) -> None:
    """The factor was shown in this sign-in just now."""
    field = "passkey_at" if factor is Factor.PASSKEY else "identity_at"
    SignIn.objects.filter(public_id=session).update(**{field: now})


def act_as(session: UUID, *, post: UUID | None = None, represented: UUID | None = None) -> None:
    """As what the person acts from the next request on; with neither, for themselves."""
    row = PostRow.objects.filter(public_id=post).first() if post else None
    SignIn.objects.filter(public_id=session).update(post=row, represented=represented)


def account(of: UUID, here: UUID, now: datetime) -> Account:
    """The account as its owner sees it, looking from the sign-in `here`."""
    user = User.objects.select_related("identity").get(public_id=of)
    person = sealed.open_person(user.identity.sealed, of)
    return Account(
        id=of,
        name=person.name,
        born=person.born,
        link=Link(user.identity.link),
        verified=user.identity.verified_at,
        passkeys=tuple(
            PasskeyRow(
                id=one.public_id,
                name=sealed.open_text(one.sealed, credentials.NAMED, one.public_id),
                created=one.created_at,
                used=one.used_at,
            )
            for one in user.passkeys.order_by("created_at")
        ),
        devices=_devices(user, here, now),
        posts=held(of, korean_day(now)),
        has_password=user.login_token is not None,
        recovery_codes=user.recovery_codes.filter(used_at=None).count(),
    )


def held(account: UUID, day: date) -> tuple[Post, ...]:
    """The posts that the person holds on that day."""
    rows = PostRow.objects.filter(user__public_id=account).order_by("first_day", "pk")
    return tuple(one for row in rows if (one := posts.value(row)).holds_on(day))


def _devices(user: User, here: UUID, now: datetime) -> tuple[Device, ...]:
    standing = user.sign_ins.filter(
        ended_at=None, started_at__gt=now - LIFETIME, seen_at__gt=now - IDLE
    )
    return tuple(
        Device(
            id=row.public_id,
            name=sealed.open_text(row.sealed, "device", row.public_id),
            method=Method(row.method),
            started=row.started_at,
            seen=row.seen_at,
            here=row.public_id == here,
        )
        for row in standing.order_by("-seen_at")
    )


def _session(session: UUID, row: Sequence[Any]) -> Session:
    """The columns of `_STANDING` behind the first."""
    method, begun, passkey, identity, represented, account, patient, link, *post = row
    return Session(
        id=session,
        account=uuid_of(account),
        method=Method(method),
        begun=moment_of(begun),
        passkey_shown=passkey and moment_of(passkey),
        identity_shown=identity and moment_of(identity),
        patient=patient and uuid_of(patient),
        link=Link(link),
        post=_post(post) if post[0] else None,
        represented=represented and uuid_of(represented),
    )


def _post(row: Sequence[Any]) -> Post:
    public, holder, institution, role, department, names, first_day, last_day, ended = row
    post = uuid_of(public)
    opened = sealed.open_names(names, post)
    return Post(
        id=post,
        account=holder and uuid_of(holder),
        institution=institution and uuid_of(institution),
        role=Role(role),
        name=opened.name,
        department=department,
        licence=opened.licence,
        first_day=day_of(first_day),
        last_day=last_day and day_of(last_day),
        ended=ended is not None,
    )
