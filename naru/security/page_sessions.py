"""The sessions of pages: what a browser is known by is a token here, and what is kept is sealed.

Whoever reads the database can neither take over a session nor tell whom it is about. Django's
SESSION_ENGINE; a session's key is in the browser's cookie and nowhere else.
"""

from datetime import timedelta
from typing import Any, Final

import msgspec
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from naru.security import keys
from naru.security.errors import SealBroken
from naru.security.models import PageSession
from naru.storage.columns import moment_of, places

_PURPOSE: Final = "security/page-session"
# Written by hand: it is asked at every page, and Django's compiler costs more than the look-up.
_STANDING: Final = "SELECT sealed, ends FROM security_page_session WHERE token IN {}"
_SWEEP_ONE_IN: Final = 256
"""One new session in so many takes the ended ones away."""


class SessionStore(SessionBase):
    """Django's interface of a session, over one row of `PageSession`."""

    def load(self) -> dict[str, Any]:
        """What is kept, or nothing of a key that is unknown or of a session that has ended."""
        stored = self._stored()
        if stored is not None:
            try:
                plain = _sealer().open(stored, _token(self.session_key or ""))
            except SealBroken:  # Of keys that are gone: whoever comes begins anew.
                pass
            else:
                kept: dict[str, Any] = msgspec.json.decode(plain)
                return kept
        self._session_key = None
        return {}

    def exists(self, session_key: str | None = None) -> bool:
        """Whether a key is taken."""
        return PageSession.objects.filter(token=_token(session_key or "")).exists()

    def create(self) -> None:
        """Begin a session under a key that nobody had."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # Django's own stores call it; the stubs do not know it.
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002  # Django's signature.
        """Keep what the session holds now; raises CreateError, or UpdateError if it is gone."""
        if self.session_key is None:
            self.create()
            return
        token = _token(self.session_key)
        held_now = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # Same.
        plain = msgspec.json.encode(held_now)
        held = {"sealed": _sealer().seal(plain, token), "ends": self.get_expiry_date()}
        if not must_create:
            if not PageSession.objects.filter(token=token).update(**held):
                raise UpdateError
            return
        if not token[0] % _SWEEP_ONE_IN:
            self.clear_expired()
        try:
            with transaction.atomic():
                PageSession.objects.create(token=token, **held)
        except IntegrityError:
            raise CreateError from None

    def delete(self, session_key: str | None = None) -> None:
        """End a session, this one where none is named."""
        named = session_key or self.session_key
        if named is not None:
            PageSession.objects.filter(token=_token(named)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Take away what has ended for an hour."""
        ended = timezone.now() - timedelta(hours=1)
        PageSession.objects.filter(ends__lt=ended).delete()

    def _stored(self) -> bytes | None:
        if self.session_key is None:
            return None
        forms = keys.looked_up([_token(self.session_key)])
        with connection.cursor() as cursor:
            cursor.execute(_STANDING.format(places(forms)), forms)
            row = cursor.fetchone()
        return bytes(row[0]) if row and moment_of(row[1]) > timezone.now() else None


def _token(session_key: str) -> bytes:
    return keys.ring().token(_PURPOSE, session_key)


def _sealer() -> keys.Sealer:
    return keys.ring().sealer(_PURPOSE)
