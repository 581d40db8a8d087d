"""The receiver's 진료협력센터 books for a referred patient, mostly over the telephone."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods

from naru.clinic import referral_presenters
from naru.clinic.booking_views import OFFERED_DAYS, words
from naru.clinic.referral_views import FASTER, ROOM, concerned
from naru.consent.errors import NotPermitted
from naru.domain.person import Demographics
from naru.domain.referral_rules import allowed
from naru.domain.referrals import ActKind, Referral
from naru.domain.scheduling import Slot
from naru.exchange.access import Access
from naru.exchange.page_access import access_of
from naru.patients import queries as patients
from naru.referrals import acting, sending
from naru.referrals.errors import NotNow
from naru.scheduling import queries as scheduling
from naru.scheduling.errors import SchedulingRefused, SlotTaken
from naru.ui import appointments as in_words
from naru.ui import viewing
from naru.ui.clock import day

BOOK: Final = "referral booking"
"""The transaction of this page, as the audit names it."""

_AHEAD: Final = timedelta(days=OFFERED_DAYS)
_TELEPHONE: Final = "tel:"


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("receive-referral", ROOM)
def book(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Give the patient one of our times; of a taken one, say what is free next."""
    access = access_of(request, BOOK)
    given = concerned(access, referral)
    if given.receiver != access.caller.institution:
        raise Http404
    if request.method != "POST":
        return _page(request, access, given)
    try:
        acting.book(access, referral, sending.SlotBooking(request.POST.get("slot", "")))
    except SchedulingRefused as refusal:
        following = refusal.following if isinstance(refusal, SlotTaken) else ()
        return _page(request, access, given, words(refusal), following, status=409)
    except (NotNow, NotPermitted):
        return _page(request, access, given, FASTER, status=422)
    return redirect("clinic-referral", referral)


def _page(  # A page and what it shows.
    request: HttpRequest,
    access: Access,
    given: Referral,
    refused: str | Promise = "",
    following: tuple[Slot, ...] = (),
    *,
    status: int = 200,
) -> HttpResponse:
    own = access.caller.institution
    assert own is not None
    until = access.time + _AHEAD
    free = scheduling.free(own, given.department or None, access.time, until)
    chosen = day(request.GET.get("day"), access.time)
    shown = {
        "one": referral_presenters.one(given, own, access.time),
        "telephones": _telephones(patients.demographics(given.patient)),
        "may": ActKind.BOOKED in allowed(given, own, access.time),
        "choice": in_words.choice([one.slot for one in free], chosen),
        "offered": in_words.offered(following),
        "refused": refused,
    }
    return render(request, "clinic/referral_booking.html", shown, status=status)


def _telephones(known: Demographics) -> tuple[str, ...]:
    """The numbers at which the patient is reached."""
    values = (one.value for one in known.telecoms)
    return tuple(one.removeprefix(_TELEPHONE) for one in values if one.startswith(_TELEPHONE))
