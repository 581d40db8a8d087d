"""The pages as an app on a phone: its manifest, its service worker, and what it says offline."""

from hashlib import sha256
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from naru.ui.templatetags.ui import asset

_SHELL: Final = ("ui/naru.css", "ui/naru.svg", "ui/naru.js", "ui/aloud.js", "ui/keep.js")
"""What the offline page and a kept page are shown with; of nobody."""

_ENDS: Final = ("/sign-out", "/sign-in/", "/sign-up", "/account/act-as", "/demo/be")
"""Where somebody else may begin to look: what was kept for the one before is taken away."""


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """By which a phone offers to install the pages."""
    told = {
        "id": "/",
        "name": _("나루"),
        "short_name": _("나루"),
        "lang": get_language(),
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f5f7f9",
        "theme_color": "#ffffff",
        "icons": [
            {"src": asset("ui/naru.svg"), "sizes": "any", "type": "image/svg+xml"},
            *(
                {
                    "src": asset(f"ui/naru-{size}.png"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                }
                for size in (192, 512)
            ),
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The program that answers without a connection; new whenever what it shows is."""
    files = [asset(name) for name in _SHELL]
    mark = sha256("".join((*files, str(get_language()))).encode()).hexdigest()[:12]
    told = {
        "files": files,
        "ends": _ENDS,
        "mark": mark,
        "language": get_language(),
        "note": _("연결 없이 보는 화면입니다. 이 기기에 둔 때:"),
    }
    return render(request, "ui/service-worker.js", told, content_type="text/javascript")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown where there is no connection and no page was kept; of nobody."""
    return render(request, "ui/offline.html")
