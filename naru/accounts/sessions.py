"""Sign-ins: begun, asked at every request, ended. What ends holds from the next request on."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from naru.accounts import credentials, posts, sealed
from naru.accounts.errors import NotFound
from naru.accounts.models import Post as PostRow
from naru.accounts.models import SignIn, User
from naru.accounts.values import Account, Device, Link, Method, PasskeyRow, Post, Session
from naru.domain.korea import korean_day
from naru.domain.roles import Factor

LIFETIME: Final = timedelta(hours=8)
"""One working day, whatever is done meanwhile."""

IDLE: Final = timedelta(minutes=30)
"""After which somebody else may sit at the screen."""

_SEEN_EACH: Final = timedelta(minutes=1)
"""How exactly it is kept when a sign-in was last seen: a look need not write each time."""

_LONGEST_NAME: Final = 80


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
    row = (
        SignIn.objects.select_related("user", "user__identity", "post", "post__user")
        .filter(public_id=session, ended_at=None, user__is_active=True)
        .filter(started_at__gt=now - LIFETIME)
        .first()
    )
    if row is None or (idle and row.seen_at <= now - IDLE):
        return None
    if row.post is not None and not posts.value(row.post).holds_on(korean_day(now)):
        return None  # Whoever ended a post ended what was signed in to by it.
    if idle and now - row.seen_at > _SEEN_EACH:
        SignIn.objects.filter(pk=row.pk).update(seen_at=now)
    return _session(row)


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


def _session(row: SignIn) -> Session:
    identity = row.user.identity
    return Session(
        id=row.public_id,
        account=row.user.public_id,
        method=Method(row.method),
        begun=row.started_at,
        passkey_shown=row.passkey_at,
        identity_shown=row.identity_at,
        patient=identity.patient,
        link=Link(identity.link),
        post=posts.value(row.post) if row.post else None,
        represented=row.represented,
    )
