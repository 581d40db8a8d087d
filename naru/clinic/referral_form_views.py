"""The form that sends (의뢰, 회송, 전원, 회신, 편지) and the page on which its receiver is chosen.

A receiver is looked for by a form (GET) before anything is filled in. Whoever chooses another later
takes what is filled in along (`kept`), in a form (POST): nothing of it ever stands in an address.
"""

from dataclasses import replace
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from naru.clinic import receivers, referral_presenters
from naru.clinic import referral_form_presenters as presenters
from naru.clinic import referral_forms as forms
from naru.clinic.referral_forms import Given
from naru.clinic.referral_views import FASTER, ROOM, concerned
from naru.clinic.referral_words import KINDS, minute
from naru.consent.errors import ConsentRefused, NotPermitted
from naru.domain import referral_content
from naru.domain.korea import korean_day
from naru.domain.referral_papers import LETTER, REPLY, IncompletePaper
from naru.domain.referrals import Kind, Party, Referral
from naru.domain.registry_errors import RegistryFailure
from naru.exchange.access import Access
from naru.exchange.consent.issue import full_name
from naru.exchange.page_access import access_of
from naru.patients import queries as patients
from naru.referrals import acting, letters, sending
from naru.referrals.errors import AlreadySent, NotAccepted, NotNow
from naru.referrals.policy import policy
from naru.scheduling.errors import SchedulingRefused, SlotTaken
from naru.ui import viewing

COMPOSE: Final = "referral form"
SEND: Final = "referral sending"
REPLIES: Final = "referral reply"
FORWARD: Final = "referral forwarding"
"""The transactions of these pages, as the audit names them."""

_TAKEN: Final = _("그 시간은 방금 다른 환자가 예약했습니다. 다른 시간을 골라 주세요.")
_NEXT: Final = _(
    "그 시간은 방금 다른 환자가 예약했습니다. 다음 빈 시간 %s을 골라 두었습니다. 확인하고 다시 "
    "보내세요."
)
_NO_SLOT: Final = _("그 시간은 예약할 수 없습니다. 다른 시간을 고르거나 예약 없이 보내세요.")
_KEPT_OUT: Final = _(
    "환자가 교류에서 빼 둔 것이 있어 보내지 않았습니다. 환자에게 설명하고 동의를 받았다면 아래에 "
    "표시하고 다시 보내세요."
)
_NOT_TAKEN: Final = _("지금은 보낼 수 없습니다. 잠시 뒤 다시 보내세요. 적은 것은 그대로 있습니다.")
_MAY_NOT: Final = _(
    "보낼 수 없습니다. 환자가 이 기관에 등록되어 있는지, 예약까지 하려면 진료 접수가 되어 있는지 "
    "보세요."
)
_WITHOUT_RECEIVER: Final = frozenset({REPLY, LETTER})


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("send-referral", ROOM)
def compose(request: HttpRequest) -> HttpResponse:
    """Send something of the patient whose chart is open: 의뢰, 회송, 전원, or a letter."""
    access = access_of(request, SEND if _sends(request) else COMPOSE)
    patient = viewing.chosen(request, viewing.PATIENT)
    if patient is None:
        return redirect("clinic-patient")
    kind = request.POST.get("kind") or request.GET.get("kind") or Kind.REFERRAL.value
    if kind not in forms.COMPOSED or kind == REPLY:
        raise Http404
    return _composed(request, access, patient, kind)


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("send-referral", ROOM)
def answer(request: HttpRequest, referral: UUID, kind: str) -> HttpResponse:
    """Reply to a referral (회신), or return its patient (회송)."""
    access = access_of(request, REPLIES)
    about = concerned(access, referral)
    if kind not in {REPLY, Kind.RETURN.value} or Party.RECEIVER not in about.parties(
        access.caller.institution
    ):
        raise Http404
    return _composed(request, access, about.patient, kind, about=about)


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("receive-referral", ROOM)
def forward(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Give it on to another member, on the patient's consent."""
    access = access_of(request, FORWARD)
    given = concerned(access, referral)
    own = access.caller.institution
    if own is None or Party.RECEIVER not in given.parties(own):
        raise Http404
    filled = request.POST if request.method == "POST" else request.GET
    form = forms.given(filled, Kind.REFERRAL)
    if request.method != "POST":
        return _forwarding(request, access, given, form)
    faults = forms.wrong(form)
    if faults:
        return _forwarding(request, access, given, form, refused=next(iter(faults.values())))
    try:
        acting.forward(
            access, referral, UUID(form.to), form.department, despite_exclusions=form.despite
        )
    except NotAccepted:
        return _forwarding(request, access, given, form, refused=_KEPT_OUT, kept_out=True)
    except (NotNow, NotPermitted):
        return _forwarding(request, access, given, form, refused=FASTER)
    except (IncompletePaper, ConsentRefused, RegistryFailure):
        return _forwarding(request, access, given, form, refused=_MAY_NOT)
    return redirect("clinic-referrals")


def _sends(request: HttpRequest) -> bool:
    return request.POST.get("do") == "send"


def _composed(
    request: HttpRequest,
    access: Access,
    patient: UUID,
    kind: str,
    about: Referral | None = None,
) -> HttpResponse:
    filled = _filled(request)
    form = forms.given(filled, kind)
    if _seeks(request, kind, about):
        return _receivers(request, access, patient, kind, filled)
    if about is not None and not form.to:
        form = forms.addressed(form, about)
    if not _sends(request):
        return _form(request, access, patient, form, about)
    faults = forms.wrong(form)
    if faults:
        return _form(request, access, patient, form, about, wrong=faults)
    try:
        return _sent(request, access, patient, form, about)
    except AlreadySent as before:
        return redirect("clinic-referral", before.referral)
    except (IncompletePaper, ConsentRefused, SchedulingRefused, RegistryFailure) as refusal:
        if isinstance(refusal, SlotTaken) and refusal.following:
            form = replace(form, slot=str(refusal.following[0].name))
        return _form(request, access, patient, form, about, wrong=_sentence(refusal))


def _filled(request: HttpRequest) -> QueryDict:
    """What is filled in: now, or before another receiver was looked for; of an address only who."""
    if request.method != "POST":
        filled = QueryDict(mutable=True)
        filled["to"] = request.GET.get("to", "")
        filled["department"] = request.GET.get("department", "")
        return filled
    if "kept" not in request.POST:
        return request.POST
    filled = QueryDict(request.POST["kept"], mutable=True)
    if "to" in request.POST:
        filled["to"] = request.POST["to"]
    return filled


def _seeks(request: HttpRequest, kind: str, about: Referral | None) -> bool:
    """Whether a receiver is to be looked for."""
    if kind in _WITHOUT_RECEIVER:
        return False
    if request.method != "POST":
        return about is None and "to" not in request.GET
    looks_on = "kept" in request.POST and "to" not in request.POST
    return request.POST.get("do") == "seek" or looks_on


def _receivers(
    request: HttpRequest, access: Access, patient: UUID, kind: str, filled: QueryDict
) -> HttpResponse:
    own = access.caller.institution
    if own is None:
        return viewing.not_open(request, ROOM, _MAY_NOT)
    posted = request.method == "POST"
    given = request.GET if not posted else request.POST if "kept" in request.POST else QueryDict()
    shown = {
        "title": KINDS[kind],
        "patient": full_name(patients.demographics(patient)),
        "kind": kind,
        "page": receivers.search(given.dict(), own, Kind(kind), access.time),
        "kept": _kept(filled) if posted else None,
    }
    return render(request, "clinic/referral_receivers.html", shown)


def _kept(filled: QueryDict) -> str:
    """All that is filled in but who is to receive it, in one field."""
    kept = filled.copy()
    for name in ("csrfmiddlewaretoken", "do", "to"):
        kept.pop(name, None)
    return kept.urlencode()


def _sentence(refusal: Exception) -> dict[str, str | Promise]:
    """What is said of a refusal, at the part of the form that it is about."""
    match refusal:
        case IncompletePaper():
            lacks = ", ".join(refusal.missing)
            return {"item": _t("서식에 꼭 있어야 합니다: %s") % lacks}
        case NotAccepted():
            return {"despite": _KEPT_OUT}
        case SchedulingRefused():
            return {"slot": _no_time(refusal)}
        case RegistryFailure():
            return {"do": _NOT_TAKEN}
    return {"do": _MAY_NOT}


def _no_time(refusal: SchedulingRefused) -> str | Promise:
    if not isinstance(refusal, SlotTaken):
        return _NO_SLOT
    if not refusal.following:
        return _TAKEN
    return str(_NEXT) % minute(refusal.following[0].start)


def _sent(
    request: HttpRequest, access: Access, patient: UUID, form: Given, about: Referral | None
) -> HttpResponse:
    if form.kind == REPLY and about is not None:
        done = acting.reply(access, about.id, form.items, forms.said(form, access.time))
        return redirect("clinic-referral", done.id)
    made = forms.draft(form, patient, access.time, about.id if about else None)
    if form.kind == LETTER:
        letter = letters.write(access, made)
        shown = {
            "one": referral_presenters.one(letter.referral, letter.referral.sender, access.time),
            "code": letter.code,
            "address": request.build_absolute_uri("/letter"),
        }
        return render(request, "clinic/referral_letter.html", shown)
    booking = sending.SlotBooking(form.slot) if form.slot else sending.NO_BOOKING
    referral = sending.send(access, made, booking)
    return redirect("clinic-referral", referral.id)


def _form(  # A page and what it shows.
    request: HttpRequest,
    access: Access,
    patient: UUID,
    form: Given,
    about: Referral | None,
    *,
    wrong: dict[str, str | Promise] | None = None,
) -> HttpResponse:
    own = access.caller.institution
    if own is None:
        return viewing.not_open(request, ROOM, _MAY_NOT)
    try:
        offered = sending.offered(access, patient, form.kind)
    except ConsentRefused:
        offered = ()
    if request.method != "POST" and form.kind != REPLY:
        day, rule = korean_day(access.time), policy().suggestion
        items = referral_content.suggested(offered, rule, day)
        form = replace(form, items=items, suggested=bool(items))
    page = presenters.form(
        form,
        patient,
        own,
        access.time,
        offered=offered,
        wrong=wrong or {},
        to=about.sender if about and form.kind == REPLY else None,
    )
    shown = {"page": page, "about": about.id if about else None}
    status = 200 if not wrong else 409 if "slot" in wrong else 422
    return render(request, "clinic/referral_form.html", shown, status=status)


def _forwarding(  # A page and what it shows.
    request: HttpRequest,
    access: Access,
    given: Referral,
    form: Given,
    *,
    refused: str | Promise = "",
    kept_out: bool = False,
) -> HttpResponse:
    """Whom to give it on to, then the patient's consent to that."""
    own = access.caller.institution
    assert own is not None
    but = {given.sender, *given.passed_through}
    receiver = presenters.chosen(form.to, own, access.time, but)
    if receiver is None and not refused:
        shown = {
            "title": _t("다른 기관에 전달"),
            "patient": full_name(patients.demographics(given.patient)),
            "page": receivers.search(request.GET.dict(), own, Kind.REFERRAL, access.time, but),
            "forwards": given.id,
        }
        return render(request, "clinic/referral_receivers.html", shown)
    shown = {
        "one": referral_presenters.one(given, own, access.time),
        "receiver": receiver,
        "departments": presenters.departments(receiver, form.department),
        "refused": refused,
        "kept_out": kept_out,
    }
    status = 422 if refused else 200
    return render(request, "clinic/referral_forward.html", shown, status=status)
