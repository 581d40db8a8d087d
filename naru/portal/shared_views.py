"""Where whoever holds a link opens it: a page for people, and SMART Health Links for apps."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from naru.accounts.errors import TooSoon
from naru.deliveries import sharing
from naru.deliveries.errors import NotOpen, WrongPasscode
from naru.deliveries.sharing import Asking
from naru.deliveries.values import Share
from naru.exchange import identify, page_access
from naru.exchange.access import Access
from naru.formats import shl
from naru.formats.fhir.json import to_json
from naru.formats.fhir.shared_bundle import SharedDocument, to_bundle
from naru.portal import delivery_presenters
from naru.ui.clock import moment
from naru.viewer.opening import Opened, open_document
from naru.viewer.showing import document

OPEN: Final = "open shared link"
"""The transaction, as the audit names it."""

LONGEST_REQUEST: Final = 4_096
LONGEST_FIELD: Final = 100
_RETRY: Final = "60"

_OVER: Final = gettext_lazy(
    "열 수 없습니다. 링크나 코드가 맞는지, 시간이나 횟수가 남았는지 보낸 분에게 물어보세요."
)
_TOO_SOON: Final = gettext_lazy("여러 번 틀렸습니다. 잠시 뒤에 다시 하세요.")


@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest) -> HttpResponse:
    """Open what was shared, by its link or its code; read only, and noted."""
    access = _begun(request)
    if request.method != "POST":
        return _form(request)
    try:
        found, opened, _ticket = sharing.open_link(access, _asking(request), open_document)
    except WrongPasscode as wrong:
        words = _("암호가 다릅니다. %(count)d번 더 할 수 있습니다.") % {"count": wrong.left}
        return _form(request, words)
    except (NotOpen, shl.NotALink):
        return _form(request, _OVER)
    except TooSoon:
        return _form(request, _TOO_SOON)
    previews = [
        delivery_presenters.preview(chosen, document(one), one, place)
        for place, (chosen, one) in enumerate(zip(found.documents, opened, strict=True), 1)
    ]
    shown = {"documents": previews, "until": moment(found.until)}
    return render(request, "portal/shared_open.html", shown)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def link(request: HttpRequest, address: str) -> HttpResponse:
    """SHL: the manifest (POST), or the one file of a link without a passcode (GET, flag U)."""
    if request.method == "OPTIONS":
        return _for_apps(HttpResponse(status=HTTPStatus.NO_CONTENT))
    access = _begun(request)
    if request.method != "POST":
        asking = Asking(address=address, recipient=request.GET.get("recipient", ""), by_app=True)
        if not asking.recipient.strip():
            return _problem(access, HTTPStatus.BAD_REQUEST)
        return _answered(
            access, asking, lambda found, opened, _: _file(_jwe(access, found, opened))
        )
    try:
        told = shl.read_request(request.read(LONGEST_REQUEST + 1)[: LONGEST_REQUEST + 1])
    except shl.NotALink:
        return _problem(access, HTTPStatus.BAD_REQUEST)
    asking = Asking(address=address, passcode=told.passcode, recipient=told.recipient, by_app=True)

    def manifest(found: Share, opened: tuple[Opened, ...], ticket: str) -> HttpResponse:
        jwe, most = _jwe(access, found, opened), told.embedded_length_max
        inside = most is None or len(jwe) <= most
        where = "" if inside else request.build_absolute_uri(f"/shl/file/{ticket}")
        file = shl.File(content_type=shl.FHIR_JSON, embedded=jwe if inside else "", location=where)
        return HttpResponse(shl.manifest([file]), content_type="application/json")

    return _answered(access, asking, manifest)


@csrf_exempt
@require_safe
def file(request: HttpRequest, ticket: str) -> HttpResponse:
    """SHL: the encrypted file that a manifest told of, once and within the hour."""
    access = _begun(request)
    try:
        found, opened = sharing.fetch(access, ticket, open_document)
    except NotOpen:
        return _problem(access, HTTPStatus.NOT_FOUND)
    return _for_apps(_file(_jwe(access, found, opened)))


def _answered(
    access: Access,
    asking: Asking,
    made: Callable[[Share, tuple[Opened, ...], str], HttpResponse],
) -> HttpResponse:
    """SHL: 401 with the attempts that are left, 404 for what opens nothing, 429 for too many."""
    try:
        found, opened, ticket = sharing.open_link(access, asking, open_document)
    except WrongPasscode as wrong:
        left = msgspec.json.encode({"remainingAttempts": wrong.left})
        return _for_apps(
            HttpResponse(left, status=HTTPStatus.UNAUTHORIZED, content_type="application/json")
        )
    except NotOpen:
        return _problem(access, HTTPStatus.NOT_FOUND)
    except TooSoon:
        answer = _problem(access, HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = _RETRY
        return answer
    return _for_apps(made(found, opened, ticket))


def _jwe(access: Access, found: Share, opened: tuple[Opened, ...]) -> str:
    told = [
        SharedDocument(title=one.title, mime_type=each.mime_type, content=each.content)
        for one, each in zip(found.documents, opened, strict=True)
    ]
    return shl.encrypted(to_json(to_bundle(told, access.time)), shl.FHIR_JSON, found.key)


def _file(jwe: str) -> HttpResponse:
    return HttpResponse(jwe, content_type=shl.JOSE)


def _asking(request: HttpRequest) -> Asking:
    """What the form says; raises NotALink for a link that is none."""
    said = request.POST.get("link", "").strip()
    by_link = shl.PREFIX in said
    return Asking(
        address=shl.from_link(said).url.rpartition("/")[2] if by_link else "",
        code="" if by_link else said[:LONGEST_FIELD],
        passcode=request.POST.get("passcode", "")[:LONGEST_FIELD],
        recipient=request.POST.get("recipient", "")[:LONGEST_FIELD],
    )


def _form(request: HttpRequest, refused: str | Promise = "") -> HttpResponse:
    shown = {
        "refused": refused,
        "link": request.POST.get("link", "")[: shl.LONGEST_LINK],
        "recipient": request.POST.get("recipient", "")[:LONGEST_FIELD],
    }
    return render(request, "portal/shared.html", shown, status=422 if refused else 200)


def _begun(request: HttpRequest) -> Access:
    address = str(request.META.get("REMOTE_ADDR", ""))
    return page_access.begin(request, OPEN, identify.stranger(address=address))


def _problem(access: Access, status: HTTPStatus) -> HttpResponse:
    access.refused(f"HTTP {status:d}")
    return _for_apps(HttpResponse(status=status))


def _for_apps(answer: HttpResponse) -> HttpResponse:
    """SHL: an app in a browser may read the answer; no cookie goes with its question."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    answer.headers["Access-Control-Allow-Headers"] = "Content-Type"
    return answer
