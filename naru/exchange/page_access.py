"""The one access of a request for a page.

Whoever opens the page begins it, what the page does adds to it, and before the answer leaves it is
durable, exactly once (docs/adr/0026). Where that fails nothing is answered.
"""

from typing import Final, cast

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

from naru.audit.records import Outcome
from naru.domain.caller import Assurance, Caller
from naru.exchange.access import Access, AlreadyRecorded, close
from naru.exchange.callers import strangers

_REFUSED: Final = 400
_BROKEN: Final = 500


def begin(request: HttpRequest, transaction: str, caller: Caller) -> Access:
    """The access of this request, of which there is no more than one; `transaction` until named."""
    access = Access(
        transaction=transaction,
        caller=caller,
        time=timezone.now(),
        endpoint=request.path,
        held=True,
    )
    request.access = access  # type: ignore[attr-defined]  # Read by `begun` alone.
    return access


def begun(request: HttpRequest) -> Access | None:
    """The access of this request; None where nothing was asked of anybody yet."""
    return cast("Access | None", getattr(request, "access", None))


def access_of(request: HttpRequest, transaction: str = "") -> Access:
    """The access of a page that is open; the first name that the page gives it stands."""
    access = begun(request)
    assert access is not None, "the page is open to nobody: see `ui.viewing.for_action`"
    if transaction and not getattr(request, "access_named", False):
        access.transaction = transaction
        request.access_named = True  # type: ignore[attr-defined]  # Read here alone.
    return access


def failed(request: HttpRequest, error: Exception) -> None:
    """Note what broke the page, by its kind; a page that is not there is a refusal."""
    access = begun(request)
    if access is not None and access.outcome is Outcome.SUCCESS:
        if isinstance(error, Http404):
            access.refused("NotFound")
        else:
            access.failed(error)


def finish(request: HttpRequest, answer: HttpResponseBase) -> None:
    """Make the record durable, if a change has not; raises AuditUnavailable, AlreadyRecorded."""
    access = begun(request)
    if access is None:
        return
    if access.recorded is not None:
        if not access.told_all():
            raise AlreadyRecorded
        return
    if access.outcome is Outcome.SUCCESS and answer.status_code >= _REFUSED:
        access.refused(f"HTTP {answer.status_code}")
        if answer.status_code >= _BROKEN:
            access.outcome = Outcome.SERIOUS_FAILURE
    (strangers.close if is_stranger(access.caller) else close)(access)


def is_stranger(caller: Caller) -> bool:
    """Whether nobody has said who asks."""
    return caller.assurance is Assurance.NONE
