"""심평원: beside a referral, what is handed to its relay and whether it may be billed."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from naru.clinic import hira_presenters as presenters
from naru.consent.errors import ConsentRefused
from naru.exchange.page_access import access_of
from naru.hira import proof, services
from naru.hira.errors import HiraRefused, NotBillable, NotConsented, NotNow
from naru.hira.proof import ProofInvalid
from naru.ui import viewing
from naru.ui.clock import day, today

ROOM: Final = _("심평원 제출")
LOOK: Final = "hira file"
SAY: Final = "hira statement"
HAND_OVER: Final = "hira hand-over"
PROVE: Final = "claim proof"
"""The transactions of these pages, as the audit names them."""

_WORDS: Final[dict[type[Exception], object]] = {
    NotConsented: _("환자와 의료인이 모두 동의해야 제출할 수 있습니다."),
    NotBillable: _("아직 청구할 수 없습니다. 빠진 조건을 먼저 채워 주세요."),
    NotNow: _("이미 제출했거나 아직 할 수 없는 일입니다. 지금 상태를 다시 확인해 주세요."),
    HiraRefused: _("할 수 없는 일입니다. 지금 상태를 다시 확인해 주세요."),
}


@require_safe
@viewing.for_action("send-referral", ROOM)
def file(request: HttpRequest, referral: UUID) -> HttpResponse:
    """What was said and handed over of a referral, and what a claim still lacks."""
    access = access_of(request, LOOK)
    try:
        found = services.file(access, referral)
    except ConsentRefused as refusal:
        raise Http404 from refusal
    page = presenters.page(found, access.caller.role)
    return render(request, "clinic/hira.html", {"page": page})


@require_POST
@viewing.for_action("send-referral", ROOM)
def state(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Record a consent or the kind of insurance."""
    access = access_of(request, SAY)
    kind, value = request.POST.get("kind", ""), request.POST.get("value", "")
    try:
        services.state(access, referral, kind, value)
    except HiraRefused as refusal:
        return _refused(request, referral, refusal)
    except ConsentRefused as refusal:
        raise Http404 from refusal
    return redirect("clinic-hira", referral)


@require_POST
@viewing.for_action("send-referral", ROOM)
def hand_over(request: HttpRequest, referral: UUID, what: str) -> HttpResponse:
    """Hand it over, try again, or confirm that the relay's number was checked."""
    access = access_of(request, HAND_OVER)
    acts = {"hand-over": services.hand_over, "confirm": services.confirm}
    if what not in acts:
        raise Http404
    try:
        acts[what](access, referral)
    except HiraRefused as refusal:
        return _refused(request, referral, refusal)
    except ConsentRefused as refusal:
        raise Http404 from refusal
    return redirect("clinic-hira", referral)


@require_POST
@viewing.for_action("send-referral", ROOM)
def prove(request: HttpRequest, referral: UUID) -> HttpResponse:
    """The claim's proof as a file; it is made the first time."""
    access = access_of(request, PROVE)
    try:
        given = services.prove(access, referral)
    except HiraRefused as refusal:
        return _refused(request, referral, refusal)
    except ConsentRefused as refusal:
        raise Http404 from refusal
    named = f'attachment; filename="claim-proof-{given.id}.jws"'
    headers = {"Content-Disposition": named}
    return HttpResponse(given.signed, content_type="application/jose", headers=headers)


@require_safe
@viewing.for_action("send-referral", ROOM)
def month(request: HttpRequest) -> HttpResponse:
    """What the institution handed over and proved in a month."""
    access = access_of(request, LOOK)
    first = _month(request.GET.get("month", ""), access.time)
    before = presenters.next_month(first)
    try:
        lines = services.month(access, first, before)
    except ConsentRefused as refusal:
        raise Http404 from refusal
    return render(request, "clinic/billing.html", {"page": presenters.month(first, lines)})


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("send-referral", ROOM)
def verify(request: HttpRequest) -> HttpResponse:
    """Check a proof that somebody holds: a file, or its text."""
    access_of(request, PROVE)
    shown, refused = None, False
    if request.method == "POST":
        given = request.FILES.get("file")
        size = (given.size or 0) if given else 0
        octets = given.read() if given and size <= proof.LARGEST else b""
        text = octets or request.POST.get("text", "")[: proof.LARGEST].encode()
        try:
            shown = presenters.verified(proof.verify(text))
        except ProofInvalid:
            refused = True
    context = {"shown": shown, "refused": refused}
    return render(request, "clinic/claim_proof.html", context, status=422 if refused else 200)


def _refused(request: HttpRequest, referral: UUID, refusal: HiraRefused) -> HttpResponse:
    why = _WORDS.get(type(refusal), _WORDS[HiraRefused])
    shown = {"why": why, "referral": referral}
    return render(request, "clinic/hira_refused.html", shown, status=409)


def _month(given: str, time: datetime) -> date:
    return day(f"{given}-01", time) or today(time).replace(day=1)
