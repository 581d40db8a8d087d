"""414 in words: an address that no page of ours makes (RFC 9110 15.5.15)."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from naru.ui.views import address_too_long

LONGEST: Final = 4_094
"""Octets of an address; what pages search for fits with room to spare."""


class LongAddressInWords:
    """Whoever comes by too long an address reads so; the page that it names is not asked.

    Below `WhoAsks`, so that the refusal leaves its record.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Refuse where the address is too long."""
        said = request.META.get("RAW_URI") or request.get_full_path()
        return address_too_long(request) if len(said) > LONGEST else None
