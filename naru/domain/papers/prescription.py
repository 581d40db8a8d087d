"""처방전: what is prescribed, and what a pharmacy must know to dispense it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from naru.domain.papers.breach import Breach, unknown_code
from naru.domain.papers.tables import tables
from naru.domain.papers.visit import Visit, of_time

NUMBER: Final = re.compile(r"[0-9]{13}")
LAST_SERIAL: Final = 99_999
MOST_DISEASES: Final = 3
"""As one EMR prints them; more are flagged, not refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disease:
    """질병분류기호: a code of KCD without the dot, with its name where it is told."""

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescribedItem:
    """One medicine: `dose` at one time (1회 투여량), `times` a day, for `days`.

    `code_kind` is 코드구분, `coinsurance` 본인부담률 구분코드, `injection` how an injection is
    supplied; each is a code of the table of that name, or "". `irreplaceable` is the clinical
    reason for which nothing else may be dispensed (대체불가).
    """

    code: str
    name: str
    dose: Decimal
    times: int
    days: int
    unit: str = ""
    code_kind: str = ""
    coinsurance: str = ""
    usage: str = ""
    injection: str = ""
    irreplaceable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispensing:
    """의약품 조제명세: which pharmacy and pharmacist dispensed for how many `days`, and when.

    `change` is what was changed, corrected, confirmed or substituted, in words (약사법 26조, 27조);
    the day of dispensing is written on the prescription by law (28조).
    """

    pharmacy: str
    pharmacist: str
    dispensed: date
    days: int
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """처방전. `number` (교부번호) was assigned when it was issued and is never reckoned again.

    `diseases` are empty where the patient asked for it (시행규칙 12조). `valid_days` is 사용기간
    from the day of issue on. `fax` is that of the institution. `dispensings` are empty until a
    pharmacy fills them in. 주민등록번호 stands on the printed paper alone.
    """

    number: str
    issued: date
    visit: Visit
    items: tuple[PrescribedItem, ...]
    license_kind: str
    license_number: str
    valid_days: int
    diseases: tuple[Disease, ...] = ()
    coinsurance_sign: str = ""
    note: str = ""
    fax: str = ""
    dispensings: tuple[Dispensing, ...] = ()


def prescription_number(day: date, serial: int) -> str:
    """A 교부번호: the day and the institution's serial of that day, from 1. Raises ValueError."""
    if not 1 <= serial <= LAST_SERIAL:
        raise ValueError(f"a day has the serials 1 to {LAST_SERIAL}")
    return f"{day:%Y%m%d}{serial:05d}"


def breaches(paper: Prescription) -> Iterator[Breach]:
    """Each rule of a prescription that the values break."""
    if NUMBER.fullmatch(paper.number) is None or paper.number.endswith("00000"):
        yield Breach("prescription.number", ("number",))
    elif not paper.number.startswith(f"{paper.issued:%Y%m%d}"):
        yield Breach("prescription.number-day", ("number",))
    if paper.valid_days < 1:
        yield Breach("prescription.valid-days", ("valid_days",))
    if not paper.items:
        yield Breach("prescription.no-item", ("items",))
    if len(paper.diseases) > MOST_DISEASES:
        yield Breach("prescription.many-diseases", ("diseases",), (("most", str(MOST_DISEASES)),))
    yield from of_time(paper.visit)
    yield from unknown_code("insurance", paper.visit.insurance, ("visit", "insurance"))
    yield from unknown_code("license_kind", paper.license_kind, ("license_kind",))
    for at, item in enumerate(paper.items):
        yield from _of_item(item, at)
    for at, dispensing in enumerate(paper.dispensings):
        yield from _of_dispensing(dispensing, at, paper)


def _of_item(item: PrescribedItem, at: int) -> Iterator[Breach]:
    if item.dose <= 0 or item.times < 1 or item.days < 1:
        yield Breach("prescription.amount", ("items", at, "dose"))
    for name in tables().of_prescribed_items:
        yield from unknown_code(name, getattr(item, name), ("items", at, name))


def _of_dispensing(one: Dispensing, at: int, paper: Prescription) -> Iterator[Breach]:
    for name in ("pharmacy", "pharmacist"):
        if not getattr(one, name).strip():
            yield Breach("prescription.dispensed-by", ("dispensings", at, name))
    if one.days < 1:
        yield Breach("prescription.dispensed-days", ("dispensings", at, "days"))
    # 사용기간: the day of issue is its first one.
    if not 0 <= (one.dispensed - paper.issued).days < max(paper.valid_days, 1):
        yield Breach("prescription.dispensed-day", ("dispensings", at, "dispensed"))
