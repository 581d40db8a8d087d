"""The public page at which a printed letter is opened once, by its number and code."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from naru.accounts.errors import TooSoon
from naru.domain.xds import DocumentRequest
from naru.exchange import identify, page_access
from naru.referrals import letters
from naru.referrals.errors import LetterClosed
from naru.viewer.opening import Opened
from naru.viewer.showing import document

OPEN: Final = "letter"
_LONGEST: Final = 64
_CLOSED: Final = _(
    "열 수 없습니다. 번호와 코드를 다시 확인하세요. "
    "이미 열었거나 기한이 지난 편지는 열리지 않습니다."
)
_TOO_SOON: Final = _("여러 번 틀렸습니다. 잠시 뒤에 다시 하세요.")


@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest) -> HttpResponse:
    """Open a letter; what was opened is shown in this answer alone."""
    stranger = identify.stranger(address=str(request.META.get("REMOTE_ADDR", "")))
    access = page_access.begin(request, OPEN, stranger)
    if request.method != "POST":
        return render(request, "clinic/letter.html", {"refused": ""})
    number = request.POST.get("number", "")[:_LONGEST]
    try:
        referral, octets = letters.open_letter(access, number, request.POST.get("code", "")[:64])
    except LetterClosed:
        return render(request, "clinic/letter.html", {"refused": _CLOSED}, status=422)
    except TooSoon:
        return render(request, "clinic/letter.html", {"refused": _TOO_SOON}, status=429)
    asked = DocumentRequest(repository_unique_id="", document_unique_id=referral.document)
    opened = Opened(asked=asked, mime_type="text/xml", size=len(octets), content=octets)
    shown = {"page": document(opened), "number": referral.number}
    answer = render(request, "clinic/letter_read.html", shown)
    answer.headers["Cache-Control"] = "no-store"
    return answer
