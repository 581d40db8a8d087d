"""What transactions are called: in the reader's language, from data; else by their code."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

from django.utils.translation import get_language

from naru.domain import roles


def transaction_name(code: str) -> str:
    """The words for a transaction or an event; of a page that was refused, those of its action."""
    korean = get_language() == "ko"
    found = _names().get(code)
    if found is not None:
        return found[0 if korean else 1]
    action = roles.role_table().actions.get(code)
    if action is not None:
        return action.korean if korean else action.english
    return code


@cache
def _names() -> Mapping[str, tuple[str, str]]:
    source = resources.files("naru.ui").joinpath("data/transactions.json")
    told = json.loads(source.read_text("utf-8"))["names"]
    return {code: (korean, english) for code, (korean, english) in told.items()}


def standard(code: str) -> str:
    """The transaction's code where a standard gives it; what our own pages call theirs is ours."""
    return code if code.startswith(("ITI-", "FHIR ")) else ""
