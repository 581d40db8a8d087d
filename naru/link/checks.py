"""What is checked before anything is sent: a fault is told by its place and never by its value."""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Final

from naru.domain.clinical import CareInstitution, Patient
from naru.domain.consent_paper import NEEDED, Box
from naru.domain.identifiers import is_oid
from naru.formats.cda import IncompleteDocument, UnfitContent
from naru.formats.xml import UnwritableCharacter
from naru.link.config import LinkConfig
from naru.link.errors import MessageWrong

_RESIDENT_NUMBER: Final = re.compile(r"[0-9]{6}-?[0-9]{7}")
Places = tuple[tuple[str, str], ...]
PLACES: Final[Places] = (
    ("header.custodian.", "link.toml [institution] "),
    ("header.patient_id.value", "patient.mrn"),
    ("recipient", "to"),
)
"""Where a field of a document stands in the message or the configuration."""
REFERRAL_PLACES: Final[Places] = (
    ("header.patient_id.value", "referral.patient.mrn"),
    *PLACES,
    ("content.referral_reason", "referral.reason_codes"),
    ("content.", "referral."),
    ("", "referral."),
)
"""The same for a referral in one piece."""


def check_patient(
    config: LinkConfig, patient: Patient, today: date, place: str = "patient"
) -> None:
    """Raises MessageWrong with the place of what no patient can have."""
    check_id(patient.mrn, f"{place}.mrn", "환자 등록번호가")
    if patient.affinity_id is not None:
        check_id(patient.affinity_id.value, f"{place}.affinity_id", "교류 식별자가")
    if not patient.name.strip():
        raise _wrong(f"{place}.name", "비어 있습니다")
    if patient.birth_date > today:
        raise _wrong(f"{place}.birth_date", "오늘보다 뒤의 날짜입니다")
    _check_resident_number(config, patient.resident_number, f"{place}.resident_number")


def check_boxes(ticked: Collection[Box] | None) -> None:
    """Raises MessageWrong where a consent lacks a box without which nothing is exchanged."""
    if not frozenset(ticked or ()) >= NEEDED:
        raise _wrong(
            "terms.boxes",
            "개인정보(personal)와 민감정보(sensitive)가 모두 있어야 합니다. "
            "환자가 서면에 표시한 대로 적으십시오",
        )


def _check_resident_number(config: LinkConfig, number: str, place: str) -> None:
    if not number:
        return
    if _RESIDENT_NUMBER.fullmatch(number) is None:
        raise _wrong(place, "숫자 13자리(앞 6자리와 뒤 7자리 사이의 줄표는 없어도 됨)여야 합니다")
    if not config.resident_number_authority:
        setting = "link.toml의 [exchange] resident_number_authority"
        raise _wrong(place, f"보내려면 {setting}가 있어야 합니다. 노드의 운영자에게 물으십시오")


def check_id(value: str, place: str, subject: str) -> None:
    """Raises MessageWrong where the id would become another one on the wire."""
    # ITI TF-3 Table 4.2.3.1.7-2, CX: a delimiter inside the id would make another id of it.
    if not value.strip() or any(each in "^&|~\\" or not each.isprintable() for each in value):
        raise _wrong(place, f"{subject} 비어 있거나 쓸 수 없는 문자가 있습니다")


def check_recipient(to: CareInstitution) -> None:
    """Raises MessageWrong for an address that the node could not read."""
    if to.oid and not is_oid(to.oid):
        raise _wrong("to.oid", "OID(숫자와 점)여야 합니다")


def written_document(write: Callable[[], bytes], places: Places = PLACES) -> bytes:
    """The document. Raises MessageWrong with the place of every field that it lacks."""
    try:
        return write()
    except IncompleteDocument as incomplete:
        names = ", ".join(incomplete.missing)
        if not incomplete.paths:
            raise MessageWrong(names, f"다음 항목을 확인하십시오: {names}.") from None
        where = ", ".join(place_of(path, places) for path in incomplete.paths)
        unfit = isinstance(incomplete, UnfitContent)
        said = f"보낼 수 없습니다 ({names})" if unfit else f"비어 있습니다 ({names})"
        raise _wrong(where, said) from None


def place_of(path: str, places: Places = PLACES) -> str:
    """Where the writer of the message finds what stands at this path of the document."""
    for ours, theirs in places:
        if path.startswith(ours):
            return path.replace(ours, theirs, 1)
    return path


@contextmanager
def writable() -> Iterator[None]:
    """A character that XML cannot carry is the message's fault."""
    try:
        yield
    except UnwritableCharacter:
        sentence = "쓸 수 없는 제어 문자가 있습니다."
        raise MessageWrong("a control character", sentence) from None


def _wrong(place: str, sentence: str) -> MessageWrong:
    return MessageWrong(f"{place}: {sentence}", f"{place}: {sentence}.")
