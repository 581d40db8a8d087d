"""Identifiers and references, whatever the form: OIDs that are none, targets that are missing."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from naru.domain.findings import Finding
from naru.formats.cda.rules.paths import Elements, Texts
from naru.formats.cda.rules.whole import Whole

MAX_UID: Final = 64
_OID: Final = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")
_DOTTED: Final = re.compile(r"[0-9]+(?:\.[0-9]+)+")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# Each path is of one name, which costs half of one that unites two.
_ROOTS: Final = Texts("/descendant::*/@root")
_SYSTEMS: Final = Texts("/descendant::*/@codeSystem")
_IDS: Final = Texts("/descendant::*/@ID")
_REFERENCES: Final = Texts("//h:reference/@value")
_LINKS: Final = Texts("//h:linkHtml/@href")
_REFERRING: Final = Elements("//h:reference[@value = $to] | //h:linkHtml[@href = $to]")
_WITH_UID: Final = Elements("//h:*[@root = $uid or @codeSystem = $uid]")
_WITH_ID: Final = Elements("//*[@ID = $id]")
_MOST: Final = 20
"""Wrong identifiers or references that are told one by one."""


def breaches(whole: Whole) -> Iterator[Finding]:
    """Each wrong identifier, and each reference that leads nowhere."""
    root = whole.root
    uids = dict.fromkeys(_ROOTS(root) + _SYSTEMS(root))
    wrong = [uid for uid in uids if len(uid) > MAX_UID or not _is_oid(uid)]
    for uid in wrong[:_MOST]:
        rule = _rule(uid)
        if rule:
            yield from (whole.finding(rule, one) for one in _WITH_UID(root, uid=uid)[:_MOST])
    named = _IDS(root)
    ids = set(named)
    if len(ids) < len(named):
        for twice in [one for one, times in Counter(named).items() if times > 1][:_MOST]:
            yield whole.finding("reference.twice", _WITH_ID(root, id=twice)[1])
    targets = dict.fromkeys(_REFERENCES(root) + _LINKS(root))
    lost = [one for one in targets if one.startswith("#") and one[1:] not in ids]
    for target in lost[:_MOST]:
        yield from (
            whole.finding("reference.target", one) for one in _REFERRING(root, to=target)[:_MOST]
        )


@lru_cache(maxsize=4096)  # Of systems and templates, which all documents name.
def _is_oid(uid: str) -> bool:
    return _OID.fullmatch(uid) is not None


def _rule(uid: str) -> str:
    if _OID.fullmatch(uid):
        return "id.too-long"
    if _DOTTED.fullmatch(uid):
        return "id.leading-zero"
    return "" if _UUID.fullmatch(uid) else "id.form"
