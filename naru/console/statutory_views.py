"""What the law demands of an institution: taken up, released or refused by its officer."""

from datetime import date
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from naru.consent.clauses import Told, clauses
from naru.consent.errors import CaseClosed, ConsentRefused, NotPermitted
from naru.console import statutory_presenters as presenters
from naru.console.one_institution import shows_one_institution
from naru.domain.arrangements import Demand
from naru.domain.decision import Scope
from naru.exchange.access import Access
from naru.exchange.page_access import access_of
from naru.exchange.without_consent import statutory
from naru.ui import viewing
from naru.ui.clock import now, today
from naru.ui.consent_form import day

ROOM = _("운영")

STATUTORY: Final = "statutory demand"
"""The transaction, as the audit names it."""

LONGEST: Final = 200
"""Characters of a number or a letter's name."""

MOST_DOCUMENTS: Final = 100

_INCOMPLETE: Final = _(
    "등록번호, 조항, 공문 번호, 요구한 기관과 범위를 모두 적어 주세요. "
    "범위 없이 모든 기록을 내주지 않습니다."
)
_REFUSED: Final = _("이 기관에 등록된 환자와 참여하는 기관인지 확인하세요.")
_DAYS: Final = _("내주는 까닭을 적고, 열람 기간을 다시 고르세요.")
_CLOSED: Final = _("이미 처리한 요구입니다.")


@require_safe
@viewing.for_action("release-statutory", ROOM)
@shows_one_institution(STATUTORY)
def cases(request: HttpRequest) -> HttpResponse:
    """What is demanded, what was released, and a form for a new letter."""
    return _shown(request)


@require_POST
@viewing.for_action("release-statutory", ROOM)
def demand(request: HttpRequest) -> HttpResponse:
    """Take up a letter; nothing is open by this yet."""
    try:
        number, demanded = _demanded(request)
    except ValueError:
        return _shown(request, str(_INCOMPLETE))
    try:
        statutory.demand_of(_access(request), number, demanded)
    except ConsentRefused:
        return _shown(request, str(_REFUSED))
    return redirect("console-statutory")


@require_POST
@viewing.for_action("release-statutory", ROOM)
def release(request: HttpRequest, case: UUID) -> HttpResponse:
    """Let the body that demands open what the case names, for some days."""
    words, days = request.POST.get("words", ""), request.POST.get("days", "")
    if not words.strip() or not days.isdecimal():
        return _shown(request, str(_DAYS))
    try:
        statutory.release(_access(request), case, words, days=int(days))
    except CaseClosed:
        return _shown(request, str(_CLOSED))
    except NotPermitted as refusal:
        raise Http404 from refusal
    return redirect("console-statutory")


@require_POST
@viewing.for_action("release-statutory", ROOM)
def refuse(request: HttpRequest, case: UUID) -> HttpResponse:
    """Release nothing, and say why."""
    words = request.POST.get("words", "")
    if not words.strip():
        return _shown(request, str(_DAYS))
    try:
        statutory.refuse(_access(request), case, words)
    except CaseClosed:
        return _shown(request, str(_CLOSED))
    except NotPermitted as refusal:
        raise Http404 from refusal
    return redirect("console-statutory")


@require_POST
@viewing.for_action("release-statutory", ROOM)
def end(request: HttpRequest, case: UUID) -> HttpResponse:
    """Take a release back."""
    try:
        statutory.end(_access(request), case)
    except NotPermitted as refusal:
        raise Http404 from refusal
    return redirect("console-statutory")


def _demanded(request: HttpRequest) -> tuple[str, Demand]:
    """The patient's number at this institution, and the letter; raises ValueError."""
    given = request.POST
    number, letter = (given.get(name, "").strip()[:LONGEST] for name in ("number", "letter"))
    clause = clauses(today(now())).get(given.get("clause", ""))
    scope = Scope(
        departments=frozenset(one for one in given.getlist("department") if one),
        documents=frozenset(given.get("documents", "").split()),
        first=day(given.get("first", "")),
        last=day(given.get("last", "")),
    )
    if clause is None or not number or not letter or scope.whole or not _in_order(scope):
        raise ValueError("a demand names whom, by which law and letter, and what")
    return number, Demand(
        clause=clause.code,
        letter=letter,
        recipient=UUID(given.get("recipient", "")),
        scope=scope,
        secret=clause.told is Told.AFTER,
    )


def _in_order(scope: Scope) -> bool:
    few = len(scope.documents) <= MOST_DOCUMENTS
    return few and (scope.first or date.min) <= (scope.last or date.max)


def _shown(request: HttpRequest, refused: str = "") -> HttpResponse:
    found = statutory.demands(_access(request))
    page = presenters.page(found, viewing.caller(request).institution, settings.AFFINITY_DOMAIN)
    shown = {"page": page, "refused": refused, "given": request.POST}
    return render(request, "console/statutory.html", shown, status=422 if refused else 200)


def _access(request: HttpRequest) -> Access:
    return access_of(request, STATUTORY)
