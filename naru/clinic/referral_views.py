"""의뢰, 회송, 회신, 전원: the two lists, and one referral with what can be done with it."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.clinic import referral_presenters as presenters
from naru.consent.errors import NotPermitted
from naru.domain.referral_states import State
from naru.domain.referrals import ActKind, Party, Referral
from naru.exchange.access import Access
from naru.exchange.page_access import access_of
from naru.referrals import acting, looking
from naru.referrals.errors import NoSuchReferral, NotNow
from naru.ui import viewing
from naru.viewer import opening
from naru.viewer.showing import document, form_asked, handed_out

ROOM = _("진료실")
INBOX: Final = "referral inbox"
SENT: Final = "referrals sent"
ONE: Final = "referral"
ACT: Final = "referral act"
"""The transactions of these pages, as the audit names them."""

FASTER: Final = _("이미 다른 분이 처리했거나 지금은 할 수 없는 일입니다. 아래의 상태를 확인하세요.")


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
    return _page(request, access, concerned(access, referral))


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
        return _page(request, access, concerned(access, referral), refused=FASTER)
    except NoSuchReferral as refusal:
        raise Http404 from refusal
    return redirect("clinic-referral", referral)


@require_POST
@viewing.for_action("receive-referral", ROOM)
def paper(request: HttpRequest, referral: UUID) -> HttpResponse:
    """One of its papers: the referral's own, or a reply."""
    access = access_of(request, ONE)
    found = concerned(access, referral)
    wanted = request.POST.get("document", "")
    own = access.caller.institution
    assert own is not None, "whom it concerns is a party's"
    if wanted and wanted not in {found.paper_of(own)[0], *found.replies}:
        raise Http404
    form = form_asked(request)
    opened = opening.open_document(access, acting.paper(access, found, wanted))
    if form:
        return handed_out(opened, form)
    shown = {"page": document(opened), "referral": found.id}
    return render(request, "clinic/referral_paper.html", shown)


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
) -> HttpResponse:
    own = access.caller.institution
    assert own is not None
    shown: dict[str, object] = {
        "one": presenters.one(found, own, access.time),
        "refused": refused,
    }
    receives = Party.RECEIVER in found.parties(own)
    unopened = found.state in {State.REQUESTED, State.FORWARDED}
    hidden = refused or found.is_closed_to(own) or (receives and unopened)
    if found.receiver is not None and not hidden:
        opened = opening.open_document(access, acting.paper(access, found))
        shown["page"] = document(opened, level=2)
    return render(request, "clinic/referral.html", shown, status=422 if refused else 200)


def concerned(access: Access, referral: UUID) -> Referral:
    """The referral, for whom it concerns; for anybody else there is none."""
    try:
        return looking.one(access, referral)
    except NoSuchReferral as refusal:
        raise Http404 from refusal
