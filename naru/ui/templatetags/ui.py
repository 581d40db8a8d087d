"""The parts of a page, as template tags."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from naru.ui.parts import Field, Figure, Happening, Nothing, Step, Table

register = template.Library()

STATES = frozenset({"ok", "warn", "stop", "info", ""})
"""What a tag may look like; its word says the same, so that colour is never alone."""


@register.simple_tag
def asset(name: str) -> str:
    """The address of one of our static files, new whenever the file's content is."""
    return f"{static(name)}?v={_mark(name)}"


@cache
def _mark(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str), f"there is no static file {name}"
    return sha256(Path(found).read_bytes()).hexdigest()[:12]


@register.simple_tag
def sign(name: str) -> SafeString:
    """One of the line drawings of `signs.svg`, beside a word that says the same."""
    address = asset("ui/signs.svg")
    drawn = '<svg class="sign" aria-hidden="true"><use href="{}#{}"/></svg>'
    return format_html(drawn, address, name)


@register.simple_tag
def tag(state: str, word: str) -> SafeString:
    """A word in a coloured field."""
    assert state in STATES, f"no tag looks like {state}"
    return format_html('<span class="tag{}">{}</span>', f" tag-{state}" if state else "", word)


@register.inclusion_tag("ui/htmx.html")
def htmx() -> dict[str, object]:
    """Loads htmx, in the block `script` of a page on which something changes in place."""
    return {}


@register.simple_tag
def in_place(part: str) -> SafeString:
    """Attributes of a form whose answer exchanges only this part (a selector) of the page.

    The answer is the whole page, as it is without scripts; the browser takes the part out of it.
    """
    return format_html('hx-target="{}" hx-select="{}" hx-swap="outerHTML"', part, part)


@register.simple_tag
def as_typed(part: str) -> SafeString:
    """Attributes of a search form (GET) whose results, this part of the page, follow the typing."""
    trigger = "submit, input delay:300ms"
    return format_html('hx-get="" hx-trigger="{}" {}', trigger, in_place(part))


@register.inclusion_tag("ui/switch.html", takes_context=True)
def switch(
    context: template.Context,
    *,
    name: str,
    action: str,
    label: str,
    on: bool,
) -> dict[str, object]:
    """A switch that works as a form: pressing it asks for the other state."""
    token = context.get("csrf_token")
    return {"id": name, "action": action, "label": label, "on": on, "csrf_token": token}


@register.inclusion_tag("ui/command.html")
def command(text: str) -> dict[str, object]:
    """A command to paste into a terminal, with a button that copies it."""
    return {"text": text}


@register.inclusion_tag("ui/empty.html")
def empty(what: str, why: str) -> dict[str, object]:
    """Nothing to show, and why: an empty place is never left without a reason."""
    return {"what": what, "why": why}


@register.inclusion_tag("ui/empty.html")
def nothing(why: Nothing | str) -> dict[str, object]:
    """Nothing to show, for one of the fixed reasons (`ui.parts.Nothing`)."""
    reason = Nothing(why)
    return {"what": reason.what, "why": reason.why}


@register.inclusion_tag("ui/field.html")
def field(field: Field) -> dict[str, object]:
    """A field with its label, its hint, and what is wrong with it."""
    return {"field": field}


@register.inclusion_tag("ui/wrong.html")
def wrong(fields: Sequence[Field]) -> dict[str, object]:
    """What is wrong in a form, above it: each sentence leads to its field; nothing of no errors."""
    return {"wrong": [one for one in fields if one.error]}


@register.inclusion_tag("ui/table.html")
def table(table: Table) -> dict[str, object]:
    """A table that becomes one card for each row on a phone."""
    return {"table": table}


@register.inclusion_tag("ui/course.html")
def course(steps: Sequence[Step]) -> dict[str, object]:
    """The steps of something that goes through several, and how far it is."""
    return {"steps": steps}


@register.inclusion_tag("ui/timeline.html")
def timeline(happenings: Sequence[Happening]) -> dict[str, object]:
    """What happened, by day."""
    return {"happenings": happenings}


@register.inclusion_tag("ui/figures.html")
def figures(figures: Sequence[Figure]) -> dict[str, object]:
    """The few numbers that matter."""
    return {"figures": figures}


@register.inclusion_tag("ui/work.html")
def work(label: str, done: int, of: int) -> dict[str, object]:
    """How far a long work is; the page that shows it says how it is asked again."""
    return {"label": label, "done": min(done, of), "of": of}
