"""제증명: a paper by which a doctor or an institution certifies something of a patient."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from naru.domain.papers.breach import Breach, unknown_code
from naru.domain.papers.tables import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedDiagnosis:
    """병명 with 발병일 and 진단일; `certainty` is a code of the table (임상적 추정, 최종 진단)."""

    code: str
    name: str
    onset: date | None = None
    diagnosed: date | None = None
    certainty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate of any kind; which of these a kind must carry, and must not, is data.

    `kind` is a code of the table of kinds. 주민등록번호 stands on the institution's printed paper
    alone: nothing that crosses the exchange carries it.
    """

    kind: str
    number: str
    issued: date
    license_kind: str = ""
    license_number: str = ""
    diagnoses: tuple[CertifiedDiagnosis, ...] = ()
    since: date | None = None
    until: date | None = None
    visits: int | None = None
    opinion: str = ""
    purpose: str = ""
    remark: str = ""
    fee: int | None = None


def breaches(paper: Certificate) -> Iterator[Breach]:
    """Each rule of its kind that a certificate breaks."""
    kind = tables().certificates.get(paper.kind)
    if kind is None:
        yield Breach("certificate.kind", ("kind",), (("code", paper.kind),))
        return
    for name in kind.requires:
        if getattr(paper, name) in {"", None, ()}:
            yield Breach("certificate.required", (name,), (("kind", kind.korean), ("field", name)))
    for name in kind.forbids:
        if getattr(paper, name) not in {"", None, ()}:
            yield Breach("certificate.forbidden", (name,), (("kind", kind.korean), ("field", name)))
    for at, one in enumerate(paper.diagnoses):
        yield from _of_diagnosis(one, at, dated=kind.dated)
    if paper.since and paper.until and paper.until < paper.since:
        yield Breach("certificate.period", ("until",))
    if paper.fee is not None and kind.won is not None and paper.fee > kind.won:
        yield Breach("certificate.fee", ("fee",), (("most", f"{kind.won:,}"),))
    yield from unknown_code("license_kind", paper.license_kind, ("license_kind",))


def _of_diagnosis(one: CertifiedDiagnosis, at: int, *, dated: bool) -> Iterator[Breach]:
    if not one.code or not one.name.strip():
        yield Breach("certificate.diagnosis", ("diagnoses", at))
    if dated and one.diagnosed is None:
        yield Breach("certificate.diagnosed", ("diagnoses", at, "diagnosed"))
    yield from unknown_code("certainty", one.certainty, ("diagnoses", at, "certainty"))
