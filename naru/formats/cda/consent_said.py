"""How an act of consent was said, as entries of its paper: which words, who was seen, how signed.

No standard code was found for these; the code system is the data file's `Entries`, its own status.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from lxml.etree import _Element

from naru.domain.consent_paper import (
    Authority,
    Box,
    Identification,
    Identified,
    Representative,
    Signed,
    Wording,
)
from naru.domain.consent_text import ConsentText
from naru.domain.privacy_policies import Policy
from naru.formats.cda.consent_body import entries
from naru.formats.cda.datatypes import attribute_of, coded, element_text, hl7
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.forms import DocumentForm

_WORDING: Final = ("text-version", "text-language", "text-sha256")
_IDENTIFIED: Final = ("identified-by", "signed-by", "seen-by", "witness", "scan-sha256")
_AUTHORITY: Final = ("authority", "authority-number")
_LONGEST: Final = 200
"""Characters of one such value; a hash and a name are far shorter."""


def paragraphs(text: ConsentText, policy: Policy) -> tuple[str, ...]:
    """The words as they were read, for the paper's narrative."""
    words = text.words
    if policy.withdraws:
        sentence = (
            words.withdrawal.whole
            if policy is Policy.WITHDRAWAL_WHOLE
            else words.withdrawal.partial
        )
        return (sentence, *words.withdrawal.kept)
    each = (words.boxes[box] for box in Box)
    return (
        words.lead,
        *words.purposes,
        *words.recipients,
        words.period,
        words.refusal,
        words.statutory,
        *(f"{box.title}: {box.items}. {box.refused}" for box in each),
    )


def write_said(
    here: DocumentForm,
    wording: Wording | None,
    identified: Identified | None,
    representative: Representative | None,
) -> tuple[str, ...]:
    """An entry for each value that is there."""
    said = _said(wording, identified, representative)
    return tuple(_entry(here, code, value) for code, value in said if value)


def _said(
    wording: Wording | None, identified: Identified | None, representative: Representative | None
) -> Iterator[tuple[str, str]]:
    if wording is not None:
        yield from zip(_WORDING, (wording.version, wording.language, wording.sha256), strict=True)
    if identified is not None:
        values = (
            identified.by,
            identified.signed,
            identified.seen_by,
            identified.witness,
            identified.scan_sha256,
        )
        yield from zip(_IDENTIFIED, values, strict=True)
    if representative is not None and representative.authority is not None:
        shown = (representative.authority, representative.authority_number)
        yield from zip(_AUTHORITY, shown, strict=True)


def _entry(here: DocumentForm, code: str, value: str) -> str:
    named = coded("code", code, here.systems["Entries"], here.raw["words"].get(code, code))
    written = element_text("value", value).replace("<value>", '<value xsi:type="ST">', 1)
    return f'<observation classCode="OBS" moodCode="EVN">{named}{written}</observation>'


def read_wording(here: DocumentForm, root: _Element) -> Wording | None:
    """Which words were read; None where the paper does not say. All three values or none."""
    found = _values(here, root, _WORDING)
    if not found:
        return None
    if len(found) != len(_WORDING):
        raise CdaRefused("the paper names the words that were read only in part")
    version, language, sha256 = (found[code] for code in _WORDING)
    return Wording(version=version, language=language, sha256=sha256)


def read_identified(here: DocumentForm, root: _Element) -> Identified | None:
    """How it was seen who signed; None where the paper does not say."""
    found = _values(here, root, _IDENTIFIED)
    if not found:
        return None
    by, signed, seen_by, witness, scan = (found.get(code, "") for code in _IDENTIFIED)
    try:
        return Identified(
            by=Identification(by),
            signed=Signed(signed),
            seen_by=seen_by,
            witness=witness,
            scan_sha256=scan,
        )
    except ValueError:
        raise CdaRefused("the paper says in no known way who signed it") from None


def read_authority(
    here: DocumentForm, root: _Element, representative: Representative | None
) -> Representative | None:
    """The representative with the paper by which they may, where the document names one."""
    shown = _values(here, root, _AUTHORITY)
    if representative is None or not shown:
        return representative
    kind, number = (shown.get(code, "") for code in _AUTHORITY)
    try:
        return replace(representative, authority=Authority(kind), authority_number=number)
    except ValueError:
        raise CdaRefused("the paper names no known proof of the representative") from None


def _values(here: DocumentForm, root: _Element, codes: tuple[str, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for entry in entries(here, root, "observation", codes):
        code, value = attribute_of(entry, "code", name="code"), entry.find(hl7("value"))
        text = "" if value is None else (value.text or "").strip()
        if code in found or not text or len(text) > _LONGEST:
            raise CdaRefused("a value of the paper is there twice, empty or too long")
        found[code] = text
    return found
