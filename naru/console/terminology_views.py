from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from naru.console.views import ROOM
from naru.domain.terminology import Found, LoadedRelease, System, code_system
from naru.exchange import terminology
from naru.exchange.page_access import access_of
from naru.terminology.errors import QueryTooLong
from naru.ui import viewing
from naru.ui.clock import moment

TABLES: Final = "list terminology"
"""The transaction of this page, as the audit names it."""

_FOUND: Final = 20


@require_safe
@viewing.for_action("run-node", ROOM)
def tables(request: HttpRequest) -> HttpResponse:
    """Which code systems are loaded, from which day; and what a text leads to in them."""
    access, text = access_of(request, TABLES), request.GET.get("q", "").strip()
    refused, found = "", tuple[Found, ...]()
    if text:
        try:
            found = terminology.search(access, text, (), limit=_FOUND)
        except QueryTooLong:
            refused = _("용어보다 긴 말은 찾지 않습니다. 줄여서 다시 찾으세요.")
    page = {
        "text": text,
        "refused": refused,
        "found": [_hit(one) for one in found],
        "releases": [_release(one) for one in terminology.releases(access)],
    }
    return render(request, "console/terminology.html", {"page": page})


def _hit(one: Found) -> dict[str, str]:
    concept = one.concept
    return {
        "system": _name(concept.system),
        "code": concept.written,
        "display": concept.display,
        "term": "" if one.term == concept.display else one.term,
    }


def _release(one: LoadedRelease) -> dict[str, object]:
    system = _name(one.system)
    return {
        "system": system if one.target is None else f"{system} → {_name(one.target)}",
        "version": one.version,
        "since": one.since.isoformat(),
        "loaded": moment(one.loaded),
        "by": _("계정에서") if one.loaded_by else _("명령줄에서"),
        "concepts": one.concepts,
        "terms": one.terms,
        "maps": one.maps,
        "changes": _("새로 %(added)d · 바뀜 %(changed)d · 없어짐 %(retired)d")
        % {"added": one.added, "changed": one.changed, "retired": one.retired},
    }


def _name(system: System) -> str:
    known = code_system(system)
    return known.english if get_language() == "en" else known.korean
