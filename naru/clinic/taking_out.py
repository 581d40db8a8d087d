"""Why a document or a record leaves the clinic's pages as a file: asked before it is opened."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from naru.domain.download_reasons import download_reasons
from naru.exchange.audit import download
from naru.exchange.page_access import access_of

_KEPT = ("as", "open", "repository", "document")
"""What the form that was sent named; it is sent again with the reason."""


def asked(request: HttpRequest) -> HttpResponse | None:
    """The page that asks for the reason; None where it was said, and is noted."""
    code, words = request.POST.get("why", ""), request.POST.get("words", "")
    try:
        download.note(access_of(request), code, words)
    except download.ReasonMissing:
        english = get_language() == "en"
        shown = {
            "action": request.path,
            "kept": [(name, request.POST[name]) for name in _KEPT if name in request.POST],
            "reasons": [
                (one.code, one.english if english else one.korean)
                for one in download_reasons().values()
            ],
            "why": code,
            "words": words[: download.LONGEST_WORDS],
            "longest": download.LONGEST_WORDS,
            "refused": "why" in request.POST,
        }
        status = 422 if shown["refused"] else 200
        return render(request, "clinic/download_reason.html", shown, status=status)
    return None
