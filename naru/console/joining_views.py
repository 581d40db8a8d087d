"""Joining, changing and leaving: the inbox of each party, and one case with all that was done."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.console import joining_presenters as presenters
from naru.directory.errors import (
    CaseOpen,
    DirectoryRefused,
    Incomplete,
    NoticeTooShort,
    NotThisParty,
    NotThisStep,
    UnknownCase,
    UnknownInstitution,
)
from naru.domain import roles
from naru.domain.institution import Stop
from naru.exchange.access import Access
from naru.exchange.institutions import admission, joining, registers
from naru.exchange.page_access import access_of
from naru.ui import viewing

ROOM = _("운영")

_STOPS: Final = frozenset(one.value for one in Stop)

_WORDS: Final[tuple[tuple[type[DirectoryRefused], str | Promise], ...]] = (
    (Incomplete, _("빠진 것이 있거나 받을 수 없는 값이 있습니다. 확인하고 다시 하세요.")),
    (NotThisStep, _("그 사이 다른 사람이 처리했습니다. 지금의 단계를 확인하세요.")),
    (NotThisParty, _("이 단계는 다른 쪽이나 다른 역할이 합니다.")),
    (NoticeTooShort, _("해지는 정해진 날수보다 먼저 알려야 합니다.")),
    (CaseOpen, _("같은 절차가 이미 진행 중입니다.")),
    (DirectoryRefused, _("처리하지 않았습니다. 운영자에게 문의하세요.")),
)


@require_safe
@viewing.for_action("see-joining", ROOM)
def inbox(request: HttpRequest) -> HttpResponse:
    """What awaits the reader first, then what is under way and what is done."""
    return _inbox(request, _access(request))


@require_POST
@viewing.for_action("review-joining", ROOM)
def recruit(request: HttpRequest) -> HttpResponse:
    """Open the case of an institution that may join as a spoke of the reader's hub."""
    access, name = _access(request, changing=True), request.POST.get("name", "").strip()
    try:
        found = joining.recruit(access, name, hub=access.caller.institution)
    except DirectoryRefused as refusal:
        return _inbox(request, access, refused=_words(refusal))
    return redirect("joining-case", found.id)


@require_safe
@viewing.for_action("see-joining", ROOM)
def case(request: HttpRequest, key: UUID) -> HttpResponse:
    """One case: what is awaited, of whom, and all that was done, when."""
    return _case(request, key, _access(request))


@require_POST
@viewing.for_action("see-joining", ROOM)
def record(request: HttpRequest, key: UUID) -> HttpResponse:
    """Record the awaited step; an agreement is signed at `sign` alone."""
    return _act(request, key)


@require_POST
@viewing.for_action("sign-agreement", ROOM)
def sign(request: HttpRequest, key: UUID) -> HttpResponse:
    """Sign the agreement, as the director who has just been identified."""
    return _act(request, key, identified=presenters.IDENTIFIED)


@require_POST
@viewing.for_action("see-joining", ROOM)
def give_back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the case back, with the reason."""
    access, step = _access(request, changing=True), request.POST.get("step", "")
    try:
        joining.give_back(access, key, step, request.POST.get("reason", ""))
    except DirectoryRefused as refusal:
        return _again(request, key, access, refusal)
    return redirect("joining-case", key)


@require_POST
@viewing.for_action("see-joining", ROOM)
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    """End the case unfinished, with the reason."""
    access = _access(request, changing=True)
    try:
        joining.close(access, key, request.POST.get("reason", ""))
    except DirectoryRefused as refusal:
        return _again(request, key, access, refusal)
    return redirect("joining-case", key)


@require_POST
@viewing.for_action("see-joining", ROOM)
def certify(request: HttpRequest, key: UUID) -> HttpResponse:
    """A test certificate for the request that was handed in, as a file."""
    access, text = _access(request, changing=True), request.POST.get("request", "").encode()
    try:
        made = joining.request_certificate(access, key, text)
    except DirectoryRefused as refusal:
        return _again(request, key, access, refusal)
    return HttpResponse(
        made.certificate,
        content_type="application/x-pem-file",
        headers={"Content-Disposition": 'attachment; filename="test-certificate.pem"'},
    )


@require_safe
@viewing.for_action("see-joining", ROOM)
def paper(request: HttpRequest, key: UUID, sheet: UUID) -> HttpResponse:
    """A paper of the case."""
    try:
        pdf = joining.sheet(_access(request), key, sheet)
    except UnknownCase:
        raise Http404 from None
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{sheet}.pdf"',
            "Cache-Control": "no-store",
        },
    )


@require_safe
@viewing.for_action("see-joining", ROOM)
def spokes(request: HttpRequest) -> HttpResponse:
    """The members of the reader's hub, those that are joining too."""
    return _spokes(request)


@require_POST
@viewing.for_action("run-node", ROOM)
def switch(request: HttpRequest) -> HttpResponse:
    """Let a hub take part no more, for a reason, and with it its members; or again."""
    off = request.POST.get("wanted") == "off"
    try:
        hub = UUID(request.POST.get("hub", ""))
    except ValueError:
        raise Http404 from None
    reason = request.POST.get(f"reason-{hub}", "")
    if off and reason not in _STOPS:
        return _spokes(request, wrong=hub)
    access = access_of(request, admission.SUSPEND if off else admission.APPROVE)
    try:
        if off:
            admission.suspend(access, hub, Stop(reason))
        else:
            admission.approve(access, hub)
    except UnknownInstitution:
        raise Http404 from None
    return redirect("spokes")


def _spokes(request: HttpRequest, *, wrong: UUID | None = None) -> HttpResponse:
    access = access_of(request, "list spokes")
    page = presenters.spokes(registers.own_spokes(access), wrong)
    may_switch = roles.may(access.caller.role, "run-node")
    status = HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK
    context = {"page": page, "may_switch": may_switch}
    return render(request, "console/spokes.html", context, status=status)


def _act(request: HttpRequest, key: UUID, *, identified: str = "") -> HttpResponse:
    content = {
        name.removeprefix("field-"): value
        for name, value in request.POST.items()
        if name.startswith("field-") and isinstance(value, str)
    }
    access, step = _access(request, changing=True), request.POST.get("step", "")
    try:
        joining.record(access, key, step, content, identified=identified)
    except DirectoryRefused as refusal:
        return _again(request, key, access, refusal)
    return redirect("joining-case", key)


def _inbox(request: HttpRequest, access: Access, refused: str | Promise = "") -> HttpResponse:
    page = presenters.inbox(access.caller, joining.inbox(access))
    status = 400 if refused else 200
    context = {"page": page, "refused": refused}
    return render(request, "console/joining_inbox.html", context, status=status)


def _case(
    request: HttpRequest, key: UUID, access: Access, refused: str | Promise = ""
) -> HttpResponse:
    try:
        found = joining.case(access, key)
    except UnknownCase:
        raise Http404 from None
    page = presenters.case(viewing.caller(request), found)
    status = 400 if refused else 200
    context = {"page": page, "refused": refused}
    return render(request, "console/joining_case.html", context, status=status)


def _again(
    request: HttpRequest, key: UUID, access: Access, refusal: DirectoryRefused
) -> HttpResponse:
    """The case as it stands, and why nothing was done: still the one access of this request."""
    if isinstance(refusal, UnknownCase):
        raise Http404 from refusal
    return _case(request, key, access, refused=_words(refusal))


def _words(refusal: DirectoryRefused) -> str | Promise:
    return next(words for kind, words in _WORDS if isinstance(refusal, kind))


def _access(request: HttpRequest, *, changing: bool = False) -> Access:
    name = "joining step" if changing else "joining cases"
    return access_of(request, name)
