"""Every version of the words that people read before they consent, for whoever runs the node."""

from typing import Final

from naru.consent import texts
from naru.domain.consent_text import ConsentText
from naru.exchange.access import Access, reading

TEXTS: Final = "consent texts"
"""The transaction, as the audit names it."""


def every(access: Access) -> tuple[ConsentText, ...]:
    """All versions in all languages, those that take effect last first."""
    with reading(access):
        found = sorted(texts.every(), key=lambda one: (one.wording.version, one.wording.language))
        return tuple(sorted(found, key=lambda one: one.effective, reverse=True))
