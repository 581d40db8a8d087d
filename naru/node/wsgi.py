"""The application that the web server calls: wire doors first, all else is Django's.

Wire doors read their streams themselves and need neither sessions nor forms, so they stand before
Django's middleware and cost none of it.
"""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.core.wsgi import get_wsgi_application

from naru.node import peer

if TYPE_CHECKING:
    from wsgiref.types import StartResponse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "naru.node.settings")
pages = get_wsgi_application()

from django.conf import settings  # noqa: E402  # Settings exist once Django is set up.

from naru.faces.cds import door as cds  # noqa: E402
from naru.faces.fhir import door as fhir  # noqa: E402
from naru.faces.fhir.scopes import OFFER  # noqa: E402
from naru.faces.iti import door  # noqa: E402
from naru.faces.oauth import door as oauth  # noqa: E402
from naru.node import roles  # noqa: E402
from naru.node.body import Body  # noqa: E402

SANDBOX_HEADER: Final = ("Naru-Sandbox", "open consent; test codes; no real records")

_WIRE: Final = {
    opened.path: frozenset(opened.transactions)
    for opened in roles.open_doors(settings.NARU.roles)
    if opened.path.startswith("/ihe/")
}
_OAUTH: Final = any(opened.path == "/oauth" for opened in roles.open_doors(settings.NARU.roles))
_FHIR: Final = any(opened.path == fhir.PATH for opened in roles.open_doors(settings.NARU.roles))
_CDS: Final = any(opened.path == cds.PATH for opened in roles.open_doors(settings.NARU.roles))


def application(environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
    """Answer one request."""
    environ[peer.ENVIRON_KEY] = peer.certificate()
    respond = _flagged(start_response) if settings.NARU.sandbox else start_response
    transactions = _WIRE.get(environ["PATH_INFO"])
    if transactions is not None:
        environ["wsgi.input"] = Body(environ["wsgi.input"])
        return door.answer(environ, respond, transactions)
    if _OAUTH and environ["PATH_INFO"] in oauth.PATHS:
        environ["wsgi.input"] = Body(environ["wsgi.input"])
        return oauth.answer(environ, respond, OFFER)
    if _FHIR and _is_below(fhir.PATH, environ["PATH_INFO"]):
        environ["wsgi.input"] = Body(environ["wsgi.input"])
        return fhir.answer(environ, respond)
    if _CDS and _is_below(cds.PATH, environ["PATH_INFO"]):
        environ["wsgi.input"] = Body(environ["wsgi.input"])
        return cds.answer(environ, respond)
    return pages(environ, respond)


def _is_below(door_path: str, path: str) -> bool:
    return path == door_path or path.startswith(f"{door_path}/")


def _flagged(start_response: "StartResponse") -> "StartResponse":
    """In a sandbox every answer says so."""

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        return start_response(status, [*headers, SANDBOX_HEADER], exc_info)

    return start
