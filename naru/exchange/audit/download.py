"""The reason of a download (개인정보의 안전성 확보조치 기준 제8조), kept in its access record."""

from typing import Final

from naru.audit.records import AuditedObject
from naru.domain.download_reasons import download_reasons
from naru.exchange.access import Access

DOWNLOAD: Final = "download"
"""The kind of an audited object that is why something was taken out, by its code."""

LONGEST_WORDS: Final = 200


class ReasonMissing(ValueError):
    """A download has no reason of the list, or not the words that it needs."""


def note(access: Access, code: str, words: str) -> None:
    """Keep why the caller takes out what this request hands them. Raises ReasonMissing."""
    reason, said = download_reasons().get(code), " ".join(words.split())
    if reason is None or (reason.words and not said) or len(said) > LONGEST_WORDS:
        raise ReasonMissing
    access.objects.append(AuditedObject(DOWNLOAD, code))
    access.query = said or None
