"""A release file brought in at a page: what it would change first, then the load."""

from datetime import date
from typing import Final
from uuid import UUID

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from naru.console.terminology_views import page_of, system_name, upload_form
from naru.console.views import ROOM
from naru.domain.terminology import System, code_system
from naru.exchange import terminology
from naru.exchange.page_access import access_of
from naru.formats.terminology.refused import ReleaseFileRefused
from naru.formats.terminology.releases import read_release
from naru.terminology.errors import (
    ReleaseEmpty,
    ReleaseOutOfOrder,
    TerminologyRefused,
    UploadGone,
    UploadUnagreed,
)
from naru.terminology.uploads import State, Upload
from naru.ui import viewing

ACTION: Final = "run-node"

CHECK: Final = "check terminology"
LOAD: Final = "agree to load terminology"
LOOK: Final = "look at terminology upload"
"""The transactions of these pages, as the audit names them."""

LARGEST: Final = 32 * 1024 * 1024
"""Octets of a file that is brought in at a page; a larger one is loaded by the command."""

_FIELDS: Final = 64 * 1024
"""Octets of what stands around the file in the form."""

_TOO_LARGE: Final = gettext_lazy(
    "파일이 32 MiB보다 큽니다. naru terminology load 명령으로 올리세요."
)
_WHY: Final = {
    ReleaseEmpty: gettext_lazy("파일에 코드가 하나도 없습니다."),
    ReleaseOutOfOrder: gettext_lazy(
        "더 늦은 날부터 쓰는 판이 이미 있습니다. 판은 날짜 순서대로 올립니다."
    ),
}
_ENDED: Final = gettext_lazy("올리지 못했습니다. 파일을 다시 가져오세요.")


class _InMemory(MemoryFileUploadHandler):
    """Holds a release file in memory, where it is not larger than one may be."""

    def handle_raw_input(
        self,
        input_data: object,  # noqa: ARG002  # Django's form.
        META: object,  # noqa: ARG002, N803  # Django's form.
        content_length: int,
        boundary: object,  # noqa: ARG002  # Django's form.
        encoding: object = None,  # noqa: ARG002  # Django's form.
    ) -> None:
        self.activated = content_length <= LARGEST + _FIELDS


@csrf_exempt  # Checked by `_checked`, once the form may be read.
@require_POST
@viewing.for_action(ACTION, ROOM)
def check(request: HttpRequest) -> HttpResponseBase:
    """Take in a file and lead to what it would change; nothing is loaded."""
    access_of(request, CHECK)
    length = request.META.get("CONTENT_LENGTH", "")
    if length.isdecimal() and int(length) > LARGEST + _FIELDS:
        return _again(request, {"file": str(_TOO_LARGE)}, status=413)
    request.upload_handlers = [_InMemory(request)]
    return _checked(request)


@csrf_protect
def _checked(request: HttpRequest) -> HttpResponseBase:
    given, wrong = request.POST, dict[str, str]()
    file = request.FILES.get("file")
    known = {one.value for one in System if not code_system(one).complete}
    if given.get("system") not in known:
        wrong["system"] = _("코드 체계를 고르세요.")
    version = given.get("version", "").strip()
    if not 0 < len(version) <= 64 or not version.isprintable():  # noqa: PLR2004  # As wide as its column.
        wrong["version"] = _("판의 이름을 64자 안으로 적으세요.")
    since = _day(given.get("since", ""))
    if since is None:
        wrong["since"] = _("언제부터 쓰는 판인지 적으세요.")
    if file is None or not file.size:
        wrong["file"] = _("파일을 고르세요.")
    elif file.size > LARGEST:
        wrong["file"] = str(_TOO_LARGE)
    if wrong or since is None or file is None:
        return _again(request, wrong)
    content, system = file.read(), System(given["system"])
    try:
        release, refused = read_release(content, system, version=version, since=since)
        key = terminology.bring(access_of(request), release, content, refused)
    except ReleaseFileRefused as refusal:
        access_of(request).refused(type(refusal).__name__)
        return _again(request, {"file": _("읽을 수 없는 파일입니다: %s") % refusal})
    except TerminologyRefused as refusal:
        return _again(request, {"file": str(_WHY.get(type(refusal), _ENDED))})
    return redirect("console-terminology-upload", key)


@require_safe
@viewing.for_action(ACTION, ROOM)
def one(request: HttpRequest, upload: UUID) -> HttpResponse:
    """What a file would change, the lines that are not taken, and how far its load is."""
    access = access_of(request, LOOK)
    try:
        found = terminology.uploaded(access, upload)
    except UploadGone as gone:
        raise Http404 from gone
    return _shown(request, found)


@require_POST
@viewing.for_action(ACTION, ROOM)
def load(request: HttpRequest, upload: UUID) -> HttpResponseBase:
    """Let the file be loaded; the same again changes nothing."""
    access = access_of(request, LOAD)
    try:
        terminology.agree(access, upload, agreed=request.POST.get("agreed") == "yes")
    except UploadGone as gone:
        raise Http404 from gone
    except UploadUnagreed:
        found = terminology.uploaded(access, upload)
        return _shown(request, found, unagreed=True)
    return redirect("console-terminology-upload", upload)


def _shown(request: HttpRequest, upload: Upload, *, unagreed: bool = False) -> HttpResponse:
    told = upload.difference
    page = {
        "upload": upload,
        "system": system_name(upload.system),
        "checked": upload.state is State.CHECKED,
        "waiting": upload.state is State.WAITING,
        "heading": _HEADINGS[upload.state],
        "nothing": told.nothing,
        "more": upload.refused_lines - len(upload.refused),
        "facts": [
            (_("개념"), told.concepts),
            (_("용어"), told.terms),
            (_("새로"), told.added),
            (_("바뀜"), told.changed),
            (_("없어짐"), told.retired),
            (_("그대로"), told.same),
            (_("대응 새로"), told.maps_added),
            (_("대응 끝남"), told.maps_ended),
        ],
        "unagreed": unagreed,
        "ended": _ENDED if upload.state is State.REFUSED else "",
    }
    status = 422 if unagreed else 200
    return render(request, "console/terminology_upload.html", {"page": page}, status=status)


_HEADINGS: Final = {
    State.CHECKED: gettext_lazy("올리면 이렇게 달라집니다"),
    State.WAITING: gettext_lazy("올리는 중입니다"),
    State.LOADED: gettext_lazy("올렸습니다"),
    State.REFUSED: gettext_lazy("올리지 못했습니다"),
}


def _again(request: HttpRequest, wrong: dict[str, str], status: int = 422) -> HttpResponse:
    """The page with its form as it was sent, and what is wrong in it."""
    typed = request.POST if status == 422 else {}  # noqa: PLR2004  # A form that is too large is not read.
    form = upload_form({name: str(typed.get(name, "")) for name in _NAMES}, wrong)
    page = page_of(access_of(request), form)
    return render(request, "console/terminology.html", {"page": page}, status=status)


_NAMES: Final = ("system", "version", "since")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
