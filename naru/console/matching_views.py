"""환자 연결: a steward looks at two records side by side and decides whose they are."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.console import matching_presenters
from naru.domain.identifiers import Identifier
from naru.exchange.access import Access
from naru.exchange.page_access import access_of
from naru.exchange.patients import match_cases
from naru.patients.errors import Refused, UnknownCase, UnknownIdentifier, WhyMissing
from naru.ui import viewing

ROOM = _("환자 연결")
ACTION: Final = match_cases.ACTION
_LONGEST_NUMBER: Final = 12


@require_safe
@viewing.for_action(ACTION, ROOM)
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, and what the program linked by itself."""
    after = request.GET.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) <= _LONGEST_NUMBER):
        raise Http404
    found = match_cases.queue(_access(request, "match queue"), int(after))
    return render(request, "console/matching.html", {"page": matching_presenters.queue(found)})


@require_safe
@viewing.for_action(ACTION, ROOM)
def case(request: HttpRequest, key: UUID) -> HttpResponse:
    """Two records side by side, with what speaks for and against."""
    return _case(request, key)


@require_POST
@viewing.for_action(ACTION, ROOM)
def decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Link, keep apart or ask again, as the button says; the reason is always asked for."""
    decisions: dict[str, Callable[[Access, UUID, str], object]] = {
        "link": match_cases.link,
        "apart": match_cases.keep_apart,
        "reopen": match_cases.reopen,
    }
    chosen = decisions.get(request.POST.get("decision", ""))
    if chosen is None:
        raise Http404
    try:
        chosen(_access(request, "match decision"), key, request.POST.get("why", ""))
    except WhyMissing:
        return _case(request, key, problem=gettext("까닭을 500자 안으로 적어 주세요."))
    except UnknownCase:
        return _case(request, key, problem=gettext("그사이 다른 판단이 내려졌습니다."))
    return redirect("console-matching-case", key=key)


@require_safe
@viewing.for_action(ACTION, ROOM)
def person(request: HttpRequest, patient: UUID) -> HttpResponse:
    """One person: what each source tells, and what joined them, to be taken back."""
    return _person(request, patient)


@require_POST
@viewing.for_action(ACTION, ROOM)
def part(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Take a link or a merge back."""
    try:
        act = UUID(request.POST.get("act", ""))
    except ValueError as error:
        raise Http404 from error
    access = _access(request, "match unlink")
    return _changed(
        request,
        patient,
        lambda: match_cases.part(access, patient, act, request.POST.get("why", "")),
    )


@require_POST
@viewing.for_action(ACTION, ROOM)
def merge(request: HttpRequest, patient: UUID) -> HttpResponse:
    """End one of two identifiers of one source."""
    survivor, subsumed = (
        Identifier(request.POST.get(name, ""), request.POST.get("authority", ""))
        for name in ("survivor", "subsumed")
    )
    access = _access(request, "match merge")
    return _changed(
        request,
        patient,
        lambda: match_cases.merge(access, survivor, subsumed, request.POST.get("why", "")),
    )


def _changed(request: HttpRequest, patient: UUID, change: Callable[[], object]) -> HttpResponse:
    try:
        change()
    except WhyMissing:
        return _person(request, patient, problem=gettext("까닭을 500자 안으로 적어 주세요."))
    except Refused:
        return _person(request, patient, problem=gettext("그사이 달라져서 처리하지 않았습니다."))
    return redirect("console-matching-person", patient=patient)


def _case(request: HttpRequest, key: UUID, problem: str = "") -> HttpResponse:
    try:
        found = match_cases.case(_access(request, "match case"), key)
    except UnknownCase as error:
        raise Http404 from error
    context = {"page": matching_presenters.case(found), "problem": problem}
    return render(request, "console/matching_case.html", context, status=400 if problem else 200)


def _person(request: HttpRequest, patient: UUID, problem: str = "") -> HttpResponse:
    try:
        found = match_cases.person(_access(request, "match person"), patient)
    except UnknownIdentifier as error:
        raise Http404 from error
    context = {"page": matching_presenters.person(found), "problem": problem}
    return render(request, "console/matching_person.html", context, status=400 if problem else 200)


def _access(request: HttpRequest, transaction: str) -> Access:
    return access_of(request, transaction)
