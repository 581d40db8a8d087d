"""405 in words: a form's address that is typed or opened again (RFC 9110 15.5.6)."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from naru.ui.views import not_allowed


class NotAllowedInWords:
    """Whoever reloads the answer of a form, or goes back to it, reads why nothing stands there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; of a refused method that said nothing, by a page that keeps `Allow`."""
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not _is_empty(response):
            return response
        said = not_allowed(request)
        said.headers["Allow"] = response.headers.get("Allow", "")
        return said


def _is_empty(response: HttpResponseBase) -> bool:
    return isinstance(response, HttpResponse) and not response.content
