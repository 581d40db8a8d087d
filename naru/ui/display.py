"""How somebody wants pages to look: kept by their browser, said by its cookies, sent by a form."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_YEAR: Final = 365 * 24 * 60 * 60
_CHOICES: Final = {"text": ("usual", "large"), "contrast": ("usual", "high")}
"""What can be chosen, by the field of the form; the first needs no cookie."""


@dataclass(frozen=True, slots=True)
class Display:
    """What was chosen."""

    large: bool
    contrast: bool

    @property
    def classes(self) -> str:
        """The classes of the page's root, by which the stylesheet knows."""
        chosen = (("text-large", self.large), ("contrast-high", self.contrast))
        return " ".join(name for name, on in chosen if on)


def of(request: HttpRequest) -> Display:
    """What this browser chose; anything unknown is the usual."""
    return Display(
        large=request.COOKIES.get(_cookie("text")) == "large",
        contrast=request.COOKIES.get(_cookie("contrast")) == "high",
    )


def keep(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let the browser keep what its form chose; fields that say nothing known change nothing."""
    for field, (usual, other) in _CHOICES.items():
        match request.POST.get(field):
            case chosen if chosen == other:
                response.set_cookie(
                    _cookie(field),
                    other,
                    max_age=_YEAR,
                    secure=settings.SESSION_COOKIE_SECURE,
                    httponly=True,
                    samesite="Lax",
                )
            case chosen if chosen == usual:
                response.delete_cookie(_cookie(field), samesite="Lax")
            case _:
                pass


def _cookie(field: str) -> str:
    return f"naru-{field}"
