"""진단내역: which diagnoses were made at a visit, for whoever must know them and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass

from naru.domain.clinical import Diagnosis
from naru.domain.papers.breach import Breach, unknown_code
from naru.domain.papers.visit import Visit, of_time


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisList:
    """진단내역 of one visit."""

    number: str
    visit: Visit
    diagnoses: tuple[Diagnosis, ...]


def breaches(paper: DiagnosisList) -> Iterator[Breach]:
    """Each rule of the list that is broken."""
    yield from of_time(paper.visit)
    yield from unknown_code("insurance", paper.visit.insurance, ("visit", "insurance"))
    if not paper.diagnoses:
        yield Breach("diagnosis-list.empty", ("diagnoses",))
    for at, one in enumerate(paper.diagnoses):
        if not one.code or not one.name.strip():
            yield Breach("diagnosis-list.unnamed", ("diagnoses", at))
