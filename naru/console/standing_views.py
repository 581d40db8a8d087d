"""Guardians, abuse flags and deaths, noted by a privacy officer from a paper.

Not one of these pages' records names the patient: a patient's own pages list what does, and whom
an abuse flag is about may read them.
"""

from collections.abc import Callable
from datetime import date
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from naru.consent.errors import ConsentRefused
from naru.console import standing_presenters as presenters
from naru.domain.arrangements import Relationship
from naru.exchange.access import Access
from naru.exchange.consent import mandates
from naru.exchange.consent.mandates import Limits
from naru.exchange.page_access import access_of
from naru.exchange.treatment import reception
from naru.ui import mandate_form, viewing
from naru.ui.clock import now, today
from naru.ui.consent_form import day

ROOM = _("운영")

STANDING: Final = "guardian, abuse or death"
"""The transaction, as the audit names it."""

LONGEST: Final = 200
"""Characters of a number, or of a paper's."""

_NOBODY: Final = _("이 기관에 그 번호로 등록된 환자가 없습니다.")
_REFUSED: Final = _("적지 못했습니다. 코드와 서류 번호, 날짜와 환자의 나이를 확인하세요.")


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("note-standing", ROOM)
def find(request: HttpRequest) -> HttpResponse:
    """Whom it is about, by the institution's own number, or the case of a notice of abuse."""
    refused = ""
    if request.method == "POST":
        try:
            patient = _found(_access(request), _text(request, "number"))
        except ConsentRefused:
            refused = str(_NOBODY)
        else:
            return redirect("console-standing-patient", patient)
    status = 422 if refused else 200
    return render(request, "console/standing.html", {"refused": refused}, status=status)


def _found(access: Access, named: str) -> UUID:
    try:
        case = UUID(named)
    except ValueError:
        return reception.find(access, named)
    return mandates.flagged(access, case)


@require_safe
@viewing.for_action("note-standing", ROOM)
def noted(request: HttpRequest, patient: UUID) -> HttpResponse:
    """What stands, and what can be noted."""
    return _shown(request, patient)


@require_POST
@viewing.for_action("note-standing", ROOM)
def guardian(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Note a guardian or a legal representative by the code that they show, and their paper."""

    def note(access: Access) -> None:
        mandates.give_by_code(
            access,
            patient,
            _text(request, "code"),
            Relationship(_text(request, "relationship")),
            Limits(
                last=day(_text(request, "last")),
                scope=mandate_form.scope(request),
                sees_only=mandate_form.sees_only(request),
            ),
            paper=_text(request, "paper"),
        )

    return _done(request, patient, note)


@require_POST
@viewing.for_action("note-standing", ROOM)
def end(request: HttpRequest, patient: UUID) -> HttpResponse:
    """End a mandate at once."""
    return _done(
        request,
        patient,
        lambda access: mandates.end(access, patient, UUID(_text(request, "mandate"))),
    )


@require_POST
@viewing.for_action("note-standing", ROOM)
def abuse(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Suspend every representative at once, or let them speak again."""
    change = mandates.lift_abuse_flag if _wants(request, "lift") else mandates.flag_abuse
    return _done(request, patient, lambda access: change(access, patient, _text(request, "paper")))


@require_POST
@viewing.for_action("note-standing", ROOM)
def death(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Note the day of death, or take back what was noted by mistake."""

    def note(access: Access) -> None:
        paper = _text(request, "paper")
        if _wants(request, "lift"):
            mandates.correct_death(access, patient, paper)
        else:
            mandates.note_death(access, patient, date.fromisoformat(_text(request, "day")), paper)

    return _done(request, patient, note)


def _done(request: HttpRequest, patient: UUID, note: Callable[[Access], None]) -> HttpResponse:
    try:
        note(_access(request))
    except (ConsentRefused, ValueError):
        return _shown(request, patient, str(_REFUSED))
    return redirect("console-standing-patient", patient)


def _shown(request: HttpRequest, patient: UUID, refused: str = "") -> HttpResponse:
    try:
        found = mandates.noted(_access(request), patient)
    except ConsentRefused as refusal:
        raise Http404 from refusal
    shown = {
        "page": presenters.page(patient, found, today(now())),
        "scope": presenters.scope() if _narrow(request) else None,
        "refused": refused,
        "given": request.POST,
    }
    status = 422 if refused else 200
    return render(request, "console/standing_patient.html", shown, status=status)


def _narrow(request: HttpRequest) -> bool:
    return "some" in {request.GET.get("part"), request.POST.get("part")}


def _wants(request: HttpRequest, what: str) -> bool:
    return request.POST.get("wanted") == what


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()[:LONGEST]


def _access(request: HttpRequest) -> Access:
    return access_of(request, STANDING)
