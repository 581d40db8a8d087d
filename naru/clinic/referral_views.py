"""의뢰, 회송, 회신, 전원: the two lists, one referral, and the form that sends."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from naru.clinic import referral_forms as forms
from naru.clinic import referral_presenters as presenters
from naru.clinic.referral_forms import Given
from naru.consent.errors import ConsentRefused, NotPermitted
from naru.domain.referral_papers import LETTER, REPLY, IncompletePaper
from naru.domain.referrals import ActKind, Kind, Party, Referral, State
from naru.domain.registry_errors import RegistryFailure
from naru.exchange.access import Access
from naru.exchange.page_access import access_of
from naru.referrals import acting, letters, looking, sending
from naru.referrals.errors import AlreadySent, NoSuchReferral, NotAccepted, NotNow
from naru.scheduling.errors import SchedulingRefused, SlotTaken
from naru.ui import viewing
from naru.viewer import opening
from naru.viewer.showing import document, handed_out

ROOM = _("진료실")
INBOX: Final = "referral inbox"
SENT: Final = "referrals sent"
ONE: Final = "referral"
ACT: Final = "referral act"
COMPOSE: Final = "referral form"
SEND: Final = "referral sending"
REPLIES: Final = "referral reply"
FORWARD: Final = "referral forwarding"
"""The transactions of these pages, as the audit names them."""

_FASTER: Final = _(
    "이미 다른 분이 처리했거나 지금은 할 수 없는 일입니다. 아래의 상태를 확인하세요."
)
_TAKEN: Final = _("그 시간은 방금 다른 환자가 예약했습니다. 다른 시간을 골라 주세요.")
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


@require_safe
@viewing.for_action("receive-referral", ROOM)
def inbox(request: HttpRequest) -> HttpResponse:
    """What this institution was sent."""
    access = access_of(request, INBOX)
    return _listed(request, access, looking.inbox(access), received=True)


@require_safe
@viewing.for_action("send-referral", ROOM)
def sent(request: HttpRequest) -> HttpResponse:
    """What this institution sent."""
    access = access_of(request, SENT)
    return _listed(request, access, looking.outbox(access), received=False)


@require_safe
@viewing.for_action("receive-referral", ROOM)
def one(request: HttpRequest, referral: UUID) -> HttpResponse:
    """One referral, with its paper for whoever has opened it."""
    access = access_of(request, ONE)
    return _page(request, access, _found(access, referral))


@require_POST
@viewing.for_action("receive-referral", ROOM)
def act(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Do one thing with it; a press that comes twice, or too late, changes nothing."""
    access = access_of(request, ACT)
    try:
        kind = ActKind(request.POST.get("act", ""))
    except ValueError as error:
        raise Http404 from error
    words = [request.POST.get("phrase", ""), request.POST.get("words", "").strip()]
    try:
        acting.do(
            access,
            referral,
            kind,
            reason=request.POST.get("reason", ""),
            words="\n".join(filter(None, words)),
        )
    except (NotNow, NotPermitted):
        return _page(request, access, _found(access, referral), refused=_FASTER)
    except NoSuchReferral as refusal:
        raise Http404 from refusal
    return redirect("clinic-referral", referral)


@require_POST
@viewing.for_action("receive-referral", ROOM)
def forward(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Give it on to another member, on the patient's consent."""
    access = access_of(request, FORWARD)
    found = _found(access, referral)
    form = forms.given(request.POST, Kind.REFERRAL)
    faults = forms.wrong(form)
    if faults:
        return _page(request, access, found, refused=next(iter(faults.values())))
    try:
        acting.forward(
            access, referral, UUID(form.to), form.department, despite_exclusions=form.despite
        )
    except NotAccepted:
        return _page(request, access, found, refused=_KEPT_OUT, kept_out=True)
    except (NotNow, NotPermitted):
        return _page(request, access, found, refused=_FASTER)
    except (IncompletePaper, ConsentRefused, RegistryFailure):
        return _page(request, access, found, refused=_MAY_NOT)
    return redirect("clinic-referrals")


@require_POST
@viewing.for_action("receive-referral", ROOM)
def paper(request: HttpRequest, referral: UUID) -> HttpResponse:
    """One of its papers: the referral's own, or a reply."""
    access = access_of(request, ONE)
    found = _found(access, referral)
    wanted = request.POST.get("document", "")
    if wanted and wanted not in found.replies:
        raise Http404
    opened = opening.open_document(access, acting.paper(access, found, wanted))
    if form := request.POST.get("as"):
        return handed_out(opened, form)
    shown = {"page": document(opened), "referral": found.id}
    return render(request, "clinic/referral_paper.html", shown)


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
    found = _found(access, referral)
    if kind not in {REPLY, Kind.RETURN.value} or Party.RECEIVER not in found.parties(
        access.caller.institution
    ):
        raise Http404
    return _composed(request, access, found.patient, kind, about=found)


def _sends(request: HttpRequest) -> bool:
    return request.POST.get("do") == "send"


def _composed(
    request: HttpRequest,
    access: Access,
    patient: UUID,
    kind: str,
    about: Referral | None = None,
) -> HttpResponse:
    form = forms.given(request.POST, kind)
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
        return _form(request, access, patient, form, about, wrong=_sentence(refusal))


def _sentence(refusal: Exception) -> dict[str, str | Promise]:
    """What is said of a refusal, at the part of the form that it is about."""
    match refusal:
        case IncompletePaper():
            lacks = ", ".join(refusal.missing)
            return {"item": _t("서식에 꼭 있어야 합니다: %s") % lacks}
        case NotAccepted():
            return {"despite": _KEPT_OUT}
        case SlotTaken():
            return {"slot": _TAKEN}
        case SchedulingRefused():
            return {"slot": _NO_SLOT}
        case RegistryFailure():
            return {"do": _NOT_TAKEN}
    return {"do": _MAY_NOT}


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
            "one": presenters.one(letter.referral, letter.referral.sender, access.time),
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
    return render(request, "clinic/referral_form.html", shown, status=422 if wrong else 200)


def _listed(
    request: HttpRequest, access: Access, found: tuple[Referral, ...], *, received: bool
) -> HttpResponse:
    own = access.caller.institution
    assert own is not None
    shown = {"rows": presenters.rows(found, own, access.time), "received": received}
    return render(request, "clinic/referrals.html", shown)


def _page(
    request: HttpRequest,
    access: Access,
    found: Referral,
    *,
    refused: str | Promise = "",
    kept_out: bool = False,
) -> HttpResponse:
    own = access.caller.institution
    assert own is not None
    shown: dict[str, object] = {
        "one": presenters.one(found, own, access.time),
        "refused": refused,
        "kept_out": kept_out,
    }
    receives = Party.RECEIVER in found.parties(own)
    unopened = found.state in {State.REQUESTED, State.FORWARDED}
    hidden = refused or found.is_closed_to(own) or (receives and unopened)
    if found.receiver is not None and not hidden:
        opened = opening.open_document(access, acting.paper(access, found))
        shown["page"] = document(opened)
    return render(request, "clinic/referral.html", shown, status=422 if refused else 200)


def _found(access: Access, referral: UUID) -> Referral:
    try:
        return looking.one(access, referral)
    except NoSuchReferral as refusal:
        raise Http404 from refusal
