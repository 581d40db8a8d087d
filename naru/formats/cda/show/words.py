"""Our own words around a document's, in Korean and English, from a data file."""

import json
from functools import cache
from importlib import resources
from typing import Final

LANGUAGES: Final = ("ko", "en")


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "ko"
        self._said = {key: text[self.language] for key, text in _table("words").items()}
        self._kinds = {key: text[self.language] for key, text in _table("kinds").items()}

    def __call__(self, key: str, **values: object) -> str:
        """The words under a name; each name is one of ours, so that a missing one is our fault."""
        said = self._said[key]
        return said.format(**values) if values else said

    def kind(self, code: str) -> str:
        """What kind of document a LOINC code or template OID means; "" where it is not known."""
        return self._kinds.get(code, "")


@cache
def words(language: str) -> Words:
    """The words of a language; Korean where it is none of ours."""
    return Words(language)


def _table(name: str) -> dict[str, dict[str, str]]:
    text = resources.files(__package__).joinpath(f"data/{name}.json").read_text("utf-8")
    table: dict[str, dict[str, str]] = json.loads(text)
    return table
