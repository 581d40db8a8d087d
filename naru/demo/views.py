import re
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from naru.clinic import acts as clinic
from naru.demo import presenters, story
from naru.demo.presenters import Seen
from naru.demo.story import Story
from naru.domain.caller import Caller
from naru.domain.xds import DocumentEntry, DocumentRequest
from naru.exchange import identify
from naru.exchange.access import Access
from naru.portal import acts as portal
from naru.ui import viewing
from naru.ui.clock import now

WHOLE: Final = 20_000
"""More accesses than a demo's story has; each look at its page adds a few."""

_ROOMS: Final = {"patient": "portal", "sender": "clinic", "receiver": "clinic"}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Left who sent, right who may see it at this moment, between them the patient."""
    told = _story()
    if viewing.chosen(request, viewing.PATIENT) is None:
        _choose(request, told, "receiver")
    address = _address(request)
    received = _received(told, address)
    patient = identify.patient(told.patient, address=address)
    known = clinic.find(_access(clinic.FIND, patient), told.patient)
    look = _access(portal.LOOK, patient)
    crossings, standing = portal.look(look, told.patient, deep=WHOLE)
    seen = Seen(received=received, known=known, crossings=crossings, standing=standing)
    return render(request, "demo/page.html", {"page": presenters.page(told, seen, _steps(request))})


@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """The patient's switch."""
    told = _story()
    patient = identify.patient(told.patient, address=_address(request))
    access = _access(portal.CONSENT, patient)
    portal.turn(access, told.patient, on=request.POST.get("wanted") == "on")
    return redirect("demo")


@require_POST
def open_one(request: HttpRequest) -> HttpResponse:
    """The receiving hospital opens the document; the page then says whether it could."""
    asked = DocumentRequest(
        repository_unique_id=request.POST.get("repository", ""),
        document_unique_id=request.POST.get("document", ""),
    )
    clinician = _receiver(_story(), _address(request))
    if clinician is not None:
        clinic.open_document(_access(clinic.OPEN, clinician), asked)
    return redirect("demo")


@require_POST
def view_as(request: HttpRequest) -> HttpResponse:
    """Look at the rooms as the patient or as one of the hospitals."""
    who = request.POST.get("who", "")
    if who not in _ROOMS:
        raise Http404
    _choose(request, _story(), who)
    return redirect(_ROOMS[who])


def _received(told: Story, address: str) -> Sequence[DocumentEntry]:
    """Asked anew for each page, as the receiving hospital: what comes back is what stands there."""
    receiver = _receiver(told, address)
    return () if receiver is None else clinic.find(_access(clinic.FIND, receiver), told.patient)


def _receiver(told: Story, address: str) -> Caller | None:
    """The receiving hospital; None while it, or its hub, takes no part."""
    try:
        return identify.at_clinic(told.receiver, address=address, now=now())
    except identify.NotIdentified:
        return None


def _steps(request: HttpRequest) -> int:
    """How many of the newest steps are asked for."""
    given = request.GET.get("steps", "")
    return min(int(given), WHOLE) if re.fullmatch("[0-9]{1,6}", given) else presenters.STEPS


def _choose(request: HttpRequest, told: Story, who: str) -> None:
    institution = told.sender if who == "sender" else told.receiver
    viewing.choose(request, viewing.PATIENT, told.patient)
    viewing.choose(request, viewing.INSTITUTION, institution)


def _story() -> Story:
    told = story.read(settings.NARU.data) if settings.NARU.demo else None
    if told is None:
        raise Http404("No story is told on this node.")
    return told


def _access(transaction: str, caller: Caller) -> Access:
    """Of one of the people whom the page shows side by side: each look is its own, and recorded."""
    return Access(transaction=transaction, caller=caller, time=now())


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
