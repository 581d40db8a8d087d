"""A form that came when its sender had to sign in first: kept for them, so that nothing is lost.

It lies in the browser's session, which is sealed where it lies, for half an hour at most, and is
shown to nobody but the account whose sign-in had run out. No address ever holds any of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

from naru.ui.clock import now

PAGE: Final = "/unsent"
KEPT_FOR: Final = timedelta(minutes=30)
LARGEST: Final = 256 * 1024
"""Characters of a form that is kept; what people type is a few thousand."""

_UNSENT: Final = "unsent"
_TOKEN: Final = "csrfmiddlewaretoken"  # noqa: S105  # The name of Django's field.
_NEVER: Final = frozenset({"password", "code", "answer"})
"""A form with one of these is not kept: what opens an account lies nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """What was being sent: where to, from which page, and each field as it was filled in."""

    path: str
    back: str
    fields: tuple[tuple[str, str], ...]
    files: bool


def keep(request: HttpRequest, owner: UUID) -> bool:
    """Keep the form of this request for that account; answers whether it was kept."""
    try:
        sent = request.POST.lists()
    except SuspiciousOperation:  # Too much or too large to be read at all.
        return False
    fields = [(name, value) for name, values in sent for value in values if name != _TOKEN]
    long = sum(len(name) + len(value) for name, value in fields)
    if not fields or long > LARGEST or _NEVER & {name for name, _value in fields}:
        return False
    request.session[_UNSENT] = {
        "owner": str(owner),
        "at": now().isoformat(),
        "path": request.path,
        "back": request.headers.get("Referer", ""),
        "fields": fields,
        "files": bool(request.FILES),
    }
    return True


def of(request: HttpRequest, owner: UUID) -> Unsent | None:
    """What this account was sending from this browser, if it still is to be sent."""
    kept = carried(request, owner)
    if kept is None:
        return None
    return Unsent(
        path=kept["path"],
        back=kept["back"],
        fields=tuple((name, value) for name, value in kept["fields"]),
        files=kept["files"],
    )


def carried(request: HttpRequest, owner: UUID) -> Mapping[str, Any] | None:
    """The same as the session keeps it, to be put into the session that follows."""
    kept: Mapping[str, Any] | None = request.session.get(_UNSENT)
    if kept is None or kept["owner"] != str(owner):
        return None
    return kept if now() - datetime.fromisoformat(kept["at"]) < KEPT_FOR else None


def put_back(request: HttpRequest, kept: Mapping[str, Any] | None) -> None:
    """Keep on, under the session key of the new sign-in."""
    if kept is not None:
        request.session[_UNSENT] = dict(kept)


def sent(request: HttpRequest) -> None:
    """Forget it, since its form has come through or is to be forgotten."""
    kept = request.session.get(_UNSENT)
    if kept is not None and kept["path"] == request.path:
        del request.session[_UNSENT]
