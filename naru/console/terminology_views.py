from collections.abc import Mapping, Sequence
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from naru.console.views import ROOM
from naru.domain.terminology import Found, LoadedRelease, System, code_system
from naru.exchange import terminology
from naru.exchange.access import Access
from naru.exchange.page_access import access_of
from naru.terminology.errors import QueryTooLong
from naru.ui import viewing
from naru.ui.clock import moment
from naru.ui.parts import Field, Option

TABLES: Final = "list terminology"
"""The transaction of this page, as the audit names it."""

_FOUND: Final = 20


@require_safe
@viewing.for_action("run-node", ROOM)
def tables(request: HttpRequest) -> HttpResponse:
    """Which code systems are loaded, from which day; and what a text leads to in them."""
    access, text = access_of(request, TABLES), request.GET.get("q", "").strip()
    page = page_of(access, upload_form({}, {}), text)
    return render(request, "console/terminology.html", {"page": page})


def page_of(access: Access, form: Sequence[Field], text: str = "") -> dict[str, object]:
    """What the page shows: the search for a text, and the form for a file as it stands."""
    refused, found = "", tuple[Found, ...]()
    if text:
        try:
            found = terminology.search(access, text, (), limit=_FOUND)
        except QueryTooLong:
            refused = _("용어보다 긴 말은 찾지 않습니다. 줄여서 다시 찾으세요.")
    return {
        "form": form,
        "text": text,
        "refused": refused,
        "found": [_hit(one) for one in found],
        "releases": [_release(one) for one in terminology.releases(access)],
    }


def upload_form(typed: Mapping[str, str], wrong: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields for a release file, with what was typed and what is wrong with it."""
    loaded = [one for one in System if not code_system(one).complete]
    choice = (
        Option("", _("고르세요")),
        *(Option(one.value, system_name(one)) for one in loaded),
    )
    labels: tuple[tuple[str, str, str, str], ...] = (
        ("system", _("코드 체계"), "select", ""),
        ("version", _("판의 이름"), "text", _("판에 적힌 이름. 예: 2026")),
        ("since", _("쓰기 시작하는 날"), "date", ""),
        ("file", _("파일"), "file", _("CSV, 탭으로 나눈 글, XLSX. 32 MiB까지")),
    )
    return tuple(
        Field(
            name,
            label,
            value=typed.get(name, ""),
            error=wrong.get(name, ""),
            hint=hint,
            kind=kind,
            options=choice if kind == "select" else (),
            required=True,
            longest=64 if name == "version" else 0,
            extra={"accept": ".csv,.tsv,.txt,.xlsx"} if kind == "file" else {},
        )
        for name, label, kind, hint in labels
    )


def _hit(one: Found) -> dict[str, str]:
    concept = one.concept
    return {
        "system": system_name(concept.system),
        "code": concept.written,
        "display": concept.display,
        "term": "" if one.term == concept.display else one.term,
    }


def _release(one: LoadedRelease) -> dict[str, object]:
    system = system_name(one.system)
    return {
        "system": system if one.target is None else f"{system} → {system_name(one.target)}",
        "version": one.version,
        "since": one.since.isoformat(),
        "loaded": moment(one.loaded),
        "by": _("계정에서") if one.loaded_by else _("명령줄에서"),
        "concepts": one.concepts,
        "terms": one.terms,
        "maps": one.maps,
        "changes": _changes(one),
    }


def _changes(one: LoadedRelease) -> str:
    """What it changed; what it did not is left out."""
    counted = (
        (_("새로 %(count)d"), one.added),
        (_("바뀜 %(count)d"), one.changed),
        (_("없어짐 %(count)d"), one.retired),
    )
    return " · ".join(words % {"count": count} for words, count in counted if count)


def system_name(system: System) -> str:
    """What people call a code system."""
    known = code_system(system)
    return known.english if get_language() == "en" else known.korean
