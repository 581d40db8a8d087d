"""Brings naru/locale up to what the pages say: collects sentences and compiles the catalogue.

Run by hand after a sentence has changed: .venv/bin/python scripts/translations.py
"""

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "naru" / "locale" / "en" / "LC_MESSAGES"
TRANSLATE = re.compile(r'\{%\s*translate "([^"]+)"')
BLOCK = re.compile(r"\{% blocktranslate[^%]*%\}(.*?)\{% endblocktranslate %\}", re.DOTALL)
NO_TIME = datetime(2026, 1, 1, tzinfo=UTC)
"""So that the same sentences always give the same files."""

FUNCTIONS = {"_", "gettext", "gettext_lazy", "ngettext"}
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
_BETWEEN = "\x04"
"""Stands between a context and its sentence, as in a compiled catalogue."""


def sentences() -> Iterator[str]:
    """Every Korean sentence that pages say, and the names of the demo's places."""
    for template in sorted((PROJECT / "naru").glob("*/templates/**/*.html")):
        text = template.read_text(encoding="utf-8")
        yield from TRANSLATE.findall(text)
        for block in BLOCK.findall(text):
            yield re.sub(r"\{\{ *(\w+) *\}\}", r"%(\1)s", block)
    for source in sorted((PROJECT / "naru").rglob("*.py")):
        yield from _of(ast.parse(source.read_text(encoding="utf-8")))
    yield from _names()


def _of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            first = node.args[0] if node.args else None
            if node.func.id in FUNCTIONS and isinstance(first, ast.Constant):
                yield str(first.value)
            elif node.func.id in IN_CONTEXT:
                yield _BETWEEN.join(str(ast.literal_eval(one)) for one in node.args[:2])


def _names() -> Iterator[str]:
    from naru.demo import cast

    for hub in cast.HUBS:
        yield from (hub.name, hub.repository_name)
    for one in (*cast.MEMBERS, *cast.BODIES):
        yield one.name


def collect() -> Catalog:
    """The catalogue with every sentence in it and none besides; translations are kept."""
    with (FOLDER / "django.po").open("rb") as kept:
        known = read_po(kept, locale="en")
    catalog = Catalog(
        locale="en", charset="utf-8", creation_date=NO_TIME, revision_date=NO_TIME, fuzzy=False
    )
    for sentence in dict.fromkeys(sentences()):
        context, _, words = sentence.rpartition(_BETWEEN)
        found = known.get(words, context or None)
        told = str(found.string) if found is not None else ""
        flags = ["python-format"] if "%(" in words else []
        catalog.add(words, told, flags=flags, context=context or None)
    return catalog


def main() -> int:
    """Write both files; 1 where a sentence has no English yet."""
    catalog = collect()
    with (FOLDER / "django.po").open("wb") as text:
        write_po(text, catalog, width=0, omit_header=True)
    with (FOLDER / "django.mo").open("wb") as compiled:
        write_mo(compiled, catalog)
    missing = [message.id for message in catalog if message.id and not message.string]
    sys.stdout.writelines(f"no English yet: {sentence}\n" for sentence in missing)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
