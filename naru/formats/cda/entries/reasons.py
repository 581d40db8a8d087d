"""의뢰사유 and 회송사유 by their codes: the text of one act, six fields of which each has three."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from lxml.etree import _Element

from naru.domain.clinical import ReferralReason, ReturnReason
from naru.formats.cda.datatypes import coded, element_text, template_ids, text_of
from naru.formats.cda.entries.form import EntryForm, Frame, Row
from naru.formats.cda.errors import CdaRefused, UnfitContent
from naru.formats.cda.forms import DocumentForm, TemplateId

SEPARATOR: Final = "||&"
FIELDS: Final = 6  # Three of a referral, then three of its return.
_REASON: Final = "42349-1"


def _act(form: DocumentForm, fields: Sequence[str]) -> str:
    # The separator is one of two bars and a sign: a bar at an end would make another of it.
    if any("|" in each or "&" in each for each in fields):
        raise UnfitContent(("사유의 부호에 쓸 수 없는 문자",))
    return (
        '<act classCode="ACT" moodCode="INT">'
        f"{template_ids(TemplateId(**form.raw['reason_template']))}"
        f"{coded('code', _REASON, form.systems['LOINC'])}"
        f"{element_text('text', SEPARATOR.join(fields))}</act>"
    )


def _fields(entry: _Element) -> tuple[str, ...]:
    fields = tuple(text_of(entry, "text").split(SEPARATOR))
    if len(fields) != FIELDS:
        raise CdaRefused("the codes of the reason are not six fields")
    return fields


def _told(form: DocumentForm, codes: Mapping[str, tuple[str, str]]) -> Iterator[Row]:
    """A row for each code: what it is of, and its meaning where the form knows it."""
    for name, (table, code) in codes.items():
        if code:
            yield (form.word(name), form.raw["reason_codes"][table].get(code, code))


def _referral_rows(form: DocumentForm, item: ReferralReason) -> tuple[Row, ...]:
    codes = {
        "state": ("state", item.state),
        "clinical": ("referral_clinical", item.clinical),
        "other": ("referral_other", item.other),
    }
    return tuple(_told(form, codes))


def _write_referral(frame: Frame, item: ReferralReason, _reference: str) -> str:
    return _act(frame.form, (item.state, item.clinical, item.other, "", "", ""))


def _read_referral(_form: DocumentForm, entry: _Element, _row: Row) -> ReferralReason:
    state, clinical, other, *_ = _fields(entry)
    return ReferralReason(state=state, clinical=clinical, other=other)


def _return_rows(form: DocumentForm, item: ReturnReason) -> tuple[Row, ...]:
    codes = {
        "kind": ("kind", item.kind),
        "clinical": ("return_clinical", item.clinical),
        "other": ("return_other", item.other),
    }
    return tuple(_told(form, codes))


def _write_return(frame: Frame, item: ReturnReason, _reference: str) -> str:
    return _act(frame.form, ("", "", "", item.kind, item.clinical, item.other))


def _read_return(_form: DocumentForm, entry: _Element, _row: Row) -> ReturnReason:
    _, _, _, kind, clinical, other = _fields(entry)
    return ReturnReason(kind=kind, clinical=clinical, other=other)


REFERRAL_REASON: Final = EntryForm(
    rows=_referral_rows, write=_write_referral, read=_read_referral, single=True
)
RETURN_REASON: Final = EntryForm(
    rows=_return_rows, write=_write_return, read=_read_return, single=True
)
