"""Every address of the node; each door and page room adds its own."""

from importlib.metadata import version

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, include, path

from naru.node.roles import open_doors, plays
from naru.security.signing import certificate_pem


def well_known(_request: HttpRequest) -> JsonResponse:
    """The node says what it is and which doors it opens."""
    options = settings.NARU
    doors = [
        {
            "path": door.path,
            "role": door.role,
            "transactions": door.transactions,
            "built": door.built,
        }
        for door in open_doors(options.roles)
    ]
    return JsonResponse(
        {
            "software": "naru",
            "version": version("naru-hie"),
            "sandbox": options.sandbox,
            "demo": options.demo,
            "tls_port": options.tls_port or None,
            "signing_certificate": certificate_pem(),
            "doors": doors,
        }
    )


handler400 = "naru.ui.views.bad_request"
handler403 = "naru.ui.views.forbidden"
handler404 = "naru.ui.views.not_found"
handler500 = "naru.ui.views.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path(".well-known/naru", well_known, name="well-known"),
    *(
        path("", include(f"naru.{room}.urls"))
        for room in ("portal", "clinic", "desk", "console")
        if plays(settings.NARU.roles, room)
    ),
    *([path("", include("naru.demo.urls"))] if settings.NARU.demo else []),
    path("", include("naru.public.urls")),
    path("", include("naru.signin.urls")),
    path("", include("naru.ui.urls")),
]
