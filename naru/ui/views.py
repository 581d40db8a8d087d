from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from naru.ui import display


@require_POST
def show_as(request: HttpRequest) -> HttpResponse:
    """Large type or a high contrast, from now on in this browser; back to where it was chosen."""
    back = request.POST.get("next", "")
    # A word alone would be taken for a route's name.
    own = back.startswith("/") and url_has_allowed_host_and_scheme(back, None)
    answer = HttpResponseRedirect(back if own else "/")
    display.keep(request, answer)
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's form.
    """400, in words: too much, or what no page of ours sends."""
    why = _(
        "보낸 것이 너무 많거나 크거나, 이 화면에서 만든 것이 아닙니다. 아무것도 하지 않았습니다."
    )
    return _trouble(request, 400, _("받을 수 없습니다"), why)


def not_allowed(request: HttpRequest) -> HttpResponse:
    """405, in words."""
    why = _("앞 화면에서 버튼을 눌러야 열리는 주소입니다. 아무것도 하지 않았습니다.")
    return _trouble(request, 405, _("바로 열 수 없는 주소입니다"), why)


def address_too_long(request: HttpRequest) -> HttpResponse:
    """414, in words."""
    why = _("주소에 담긴 것이 너무 깁니다. 찾는 말을 줄여 다시 하세요. 아무것도 하지 않았습니다.")
    return _trouble(request, 414, _("주소가 너무 깁니다"), why)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's form.
    """404, in words."""
    why = _("주소를 다시 확인하거나 다른 화면을 고르세요.")
    return _trouble(request, 404, _("이 주소에는 화면이 없습니다"), why)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django's form.
    """403, in words."""
    why = _("이 화면을 볼 권한이 없습니다.")
    return _trouble(request, 403, _("여기는 열 수 없습니다"), why)


def forbidden_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django's form.
    """403 for a form that was not sent from our own page, in words."""
    why = _("이 화면에서 보낸 것인지 알 수 없습니다. 새로 고친 뒤 다시 하세요.")
    return _trouble(request, 403, _("바꾸지 않았습니다"), why)


def broken(request: HttpRequest) -> HttpResponse:
    """500, in words."""
    why = _("잠시 뒤 다시 해 보세요. 계속되면 이 노드의 운영자에게 알려 주세요.")
    return _trouble(request, 500, _("노드가 이 일을 마치지 못했습니다"), why)


def _trouble(request: HttpRequest, status: int, what: str, why: str) -> HttpResponse:
    return render(request, "ui/trouble.html", {"what": what, "why": why}, status=status)
