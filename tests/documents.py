"""A clinical document of made-up people, as an EMR hands one over; a test says what it is about."""

from datetime import date, datetime
from typing import Any, Final

from naru.domain.clinical import (
    CareInstitution,
    ClinicalDocument,
    Content,
    Department,
    DocumentHeader,
    Encounter,
    Patient,
    Practitioner,
)
from naru.domain.identifiers import Identifier
from naru.domain.korea import KST, korean_day

DOCTOR: Final = Practitioner(
    id="TEST-D", name="한의사", department=Department(code="01", name="내과")
)


def institution(oid: str, name: str = "시험병원") -> CareInstitution:
    """An institution as documents name it."""
    return CareInstitution(name=name, oid=oid, code="TEST-1", telephone="02-000-0001")


def document(
    kind: str,
    content: Content,
    *,
    of: Identifier,
    by: CareInstitution,
    time: datetime,
    id_: str = "2.25.77",
    **parts: Any,
) -> ClinicalDocument:
    """A document of a visit on its day; `parts` are others of its fields, in place of these."""
    told: dict[str, Any] = {
        "patient": Patient(mrn=of.value, name="김나루", birth_date=date(1970, 1, 1)),
        "author": DOCTOR,
        "authenticator": DOCTOR,
        "encounter": Encounter(date=korean_day(time)),
    }
    header = DocumentHeader(id=id_, time=time.astimezone(KST), patient_id=of, custodian=by)
    return ClinicalDocument(kind=kind, header=header, content=content, **told | parts)
