"""Submitting to an agency (제출): choose, look at exactly what goes, submit once, a receipt.

What was chosen waits in the sealed session until it is looked at, so that the preview has an
address of its own, which names nobody and no document and ends with the session.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from naru.consent.errors import ConsentRefused
from naru.deliveries import agencies, choosing, queries, services, sharing
from naru.deliveries.agencies import Purpose, Taking
from naru.deliveries.errors import Changed, DeliveryRefused, NoSuchAgency, NotTheirs
from naru.deliveries.services import Submitting
from naru.deliveries.values import MOST_DOCUMENTS, Chosen
from naru.domain.xds import DocumentRequest
from naru.exchange.access import Access
from naru.exchange.consent.issue import full_name
from naru.patients import queries as patients
from naru.portal import acts, consent_presenters
from naru.portal import delivery_presenters as presenters
from naru.portal.consent_views import of_whom
from naru.ui import viewing
from naru.ui.clock import now, today
from naru.viewer.opening import open_document
from naru.viewer.showing import document

ROOM = _("제출·공유")

LOOK: Final = "own deliveries"
CHOOSE: Final = "choose documents"
SUBMIT: Final = "submit documents"
RECALL: Final = "recall documents"
"""The transactions, as the audit names them."""

_CHOSEN: Final = "delivery-chosen"
"""Where the session keeps the last choice."""

_PICK: Final = _("보낼 문서를 하나에서 스무 건까지 고르세요.")
_CHANGED: Final = _("미리 본 뒤에 바뀐 문서가 있습니다. 다시 확인하고 보내세요.")
_REFUSED: Final = _("보내지 않았습니다. 고른 것을 확인하고 다시 하세요.")


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def listed(request: HttpRequest) -> HttpResponse:
    """What was submitted and shared, and to whom one can submit."""
    access, patient = of_whom(request, LOOK)
    page = presenters.listed(
        queries.of_patient(access, patient),
        sharing.of_patient(access, patient),
        agencies.taking(today(access.time)),
        access.time,
    )
    return render(request, "portal/deliveries.html", {"page": page, **_behalf(access, patient)})


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("direct-delivery", ROOM)
def choose(request: HttpRequest, agency: str) -> HttpResponse:
    """Choose what goes and for what; sent, it leads to where it is shown as it would go."""
    access, patient = of_whom(request, CHOOSE)
    to = _taking(agency)
    if request.method != "POST":
        return _form(request, access, patient, to)
    given = {
        "of": f"{patient} {agency}",
        "documents": request.POST.getlist("document"),
        "purpose": request.POST.get("purpose", ""),
        "days": request.POST.get("days", ""),
    }
    try:
        _chosen(access, patient, to, given)
    except DeliveryRefused:
        return _form(request, access, patient, to, given, _PICK)
    except ValueError:
        return _form(request, access, patient, to, given, _REFUSED)
    request.session[_CHOSEN] = given
    return redirect("portal-delivery-preview", agency)


@require_safe
@viewing.for_action("direct-delivery", ROOM)
def preview(request: HttpRequest, agency: str) -> HttpResponse:
    """What was chosen last for this agency, exactly as it would go; else the form again."""
    access, patient = of_whom(request, CHOOSE)
    to, given = _taking(agency), request.session.get(_CHOSEN)
    if given is None or given["of"] != f"{patient} {agency}":
        return redirect("portal-delivery-choose", agency)
    try:
        purpose, days, found = _chosen(access, patient, to, given)
        shown = previews(access, found)
    except (DeliveryRefused, ValueError):
        return _form(request, access, patient, to, given, _REFUSED)
    going = {
        "page": presenters.going(to, purpose, days, access.time, shown),
        "shown": choosing.shown(found),
        "once": uuid4(),
    }
    return render(request, "portal/delivery_preview.html", going | _behalf(access, patient))


@require_POST
@viewing.for_action("direct-delivery", ROOM)
def submit(request: HttpRequest) -> HttpResponseBase:
    """Submit what was shown; the same form twice leads to the same receipt."""
    access, patient = of_whom(request, SUBMIT)
    try:
        made = services.submit(access, patient, _submitting(request))
    except Changed:
        return _sorry(request, _CHANGED)
    except (DeliveryRefused, ConsentRefused, ValueError):
        return _sorry(request, _REFUSED)
    return redirect("portal-delivery", made.id)


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def receipt(request: HttpRequest, submission: UUID) -> HttpResponse:
    """The receipt: its number, what went to whom, and whether it was opened."""
    access, patient = of_whom(request, LOOK)
    try:
        found = queries.own(access, patient, submission)
    except NotTheirs as nobody:
        raise Http404 from nobody
    page = presenters.receipt(found, access.time)
    return render(request, "portal/delivery.html", {"page": page, **_behalf(access, patient)})


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def printed(request: HttpRequest, submission: UUID) -> HttpResponse:
    """The same as a paper."""
    access, patient = of_whom(request, LOOK)
    try:
        found = queries.own(access, patient, submission)
    except NotTheirs as nobody:
        raise Http404 from nobody
    octets = settings.PRESS.print(presenters.paper(found, _name(patient), access.time))
    name = f'attachment; filename="receipt-{found.number}.pdf"'
    return HttpResponse(
        octets, content_type="application/pdf", headers={"Content-Disposition": name}
    )


@require_POST
@viewing.for_action("direct-delivery", ROOM)
def recall(request: HttpRequest, submission: UUID) -> HttpResponseBase:
    """Take back what was not opened."""
    access, patient = of_whom(request, RECALL)
    try:
        services.recall(access, patient, submission)
    except NotTheirs as nobody:
        raise Http404 from nobody
    except (DeliveryRefused, ConsentRefused):
        return _sorry(
            request, _("회수할 것이 없습니다. 이미 열었거나, 기한이 지났거나, 이미 회수했습니다.")
        )
    return redirect("portal-delivery", submission)


def previews(access: Access, documents: Sequence[Chosen]) -> list[presenters.Preview]:
    """Each document as it would go: the octets themselves, in words."""
    found = []
    for place, one in enumerate(documents, 1):
        asked = DocumentRequest(
            repository_unique_id=one.repository, document_unique_id=one.document
        )
        opened = open_document(access, asked)
        if opened is None:
            raise Changed
        found.append(presenters.preview(one, document(opened), opened, place))
    return found


def _taking(agency: str) -> Taking:
    try:
        return agencies.named(agency, today(now()))
    except NoSuchAgency as nobody:
        raise Http404 from nobody


def _chosen(
    access: Access, patient: UUID, to: Taking, given: Mapping[str, Any]
) -> tuple[Purpose, int, tuple[Chosen, ...]]:
    """What was chosen, as the patient may send it; raises DeliveryRefused, ValueError."""
    purpose = to.agency.purpose(given["purpose"])
    found = choosing.chosen(access, patient, given["documents"], to.kind)
    days = int(given["days"])
    if days not in services.DAYS:
        raise ValueError(days)
    return purpose, days, found


def _form(
    request: HttpRequest,
    access: Access,
    patient: UUID,
    to: Taking,
    given: Mapping[str, Any] | None = None,
    refused: str | Promise = "",
) -> HttpResponse:
    given = given or {"documents": (), "purpose": "", "days": ""}
    page = presenters.form(
        to,
        choosing.sendable(access, patient, to.kind),
        ticked=given["documents"][:MOST_DOCUMENTS],
        purpose=given["purpose"],
        days=given["days"],
    )
    shown = {"page": page, "refused": refused, **_behalf(access, patient)}
    return render(request, "portal/delivery_form.html", shown, status=422 if refused else 200)


def _submitting(request: HttpRequest) -> Submitting:
    """What the form says; raises ValueError."""
    return Submitting(
        agency=request.POST.get("agency", ""),
        purpose=request.POST.get("purpose", ""),
        documents=tuple(request.POST.getlist("document")),
        days=int(request.POST.get("days", "0")),
        shown=request.POST.get("shown", ""),
        once=UUID(request.POST.get("once", "")),
    )


def _sorry(request: HttpRequest, why: str | Promise) -> HttpResponse:
    return render(request, "portal/delivery_refused.html", {"why": why}, status=422)


def _behalf(access: Access, patient: UUID) -> dict[str, object]:
    who = acts.represents(access, patient)
    return {"behalf": consent_presenters.on_behalf(_name(patient), who)}


def _name(patient: UUID) -> str:
    return full_name(patients.demographics(patient))
