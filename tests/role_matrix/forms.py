"""The forms of a page as a browser has them, filled in by whoever takes what is offered."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from naru.ui.clock import now, today

TOKEN: Final = "csrfmiddlewaretoken"
_TYPED: Final = {"number": "1", "email": "test@example.invalid", "tel": "010-0000-0000"}
_NEVER: Final = frozenset({"file", "image", "reset", "button"})


@dataclass
class Form:
    """Where a form is sent, and what."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


def sent_forms(page: str, path: str) -> list[Form]:
    """Every form of the page that is sent by POST; `path` is the page's own address."""
    reader = _Reader(path)
    reader.feed(page)
    reader.close()
    return reader.forms


class _Reader(HTMLParser):
    """Takes of each field what it holds or offers first, and ticks every box."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            posts = said.get("method", "").lower() == "post"
            self._form = Form(said.get("action") or self._path) if posts else None
            self.forms += [self._form] if self._form else []
            return
        if self._form is None or "disabled" in said:
            return
        name, kind = said.get("name", ""), said.get("type", "").lower()
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._offer(self._select, said)
        elif tag == "textarea" and name:
            self._form.fields.setdefault(name, "시험")
        if tag == "button" and "formaction" in said:
            self.forms.append(Form(said["formaction"], self._form.fields))
        elif tag in {"input", "button"} and name and kind not in _NEVER:
            if tag == "input" and kind not in {"hidden", "submit", "radio", "checkbox"}:
                said["value"] = said.get("value") or _typed(kind, said)
            self._form.fields.setdefault(name, said.get("value", "on"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""

    def _offer(self, name: str, said: dict[str, str]) -> None:
        assert self._form is not None
        chosen = "selected" in said and said.get("value")
        if chosen or not self._form.fields.get(name):
            self._form.fields[name] = said.get("value", "")


def _typed(kind: str, said: dict[str, str]) -> str:
    if kind == "date":
        return f"{today(now())}"
    return said.get("min") or _TYPED.get(kind, "시험")
