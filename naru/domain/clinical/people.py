"""Who a clinical document speaks of: the patient, institutions, the people who treat."""

from dataclasses import dataclass, field
from datetime import date

from naru.domain.identifiers import Identifier
from naru.domain.person import Gender


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A patient as the institution knows them; `mrn` is the institution's own number (등록번호).

    `affinity_id` is the id by which all institutions know the person, once it was learned.
    `resident_number` is 주민등록번호, told to the node alone and shown nowhere.
    """

    mrn: str
    name: str
    birth_date: date
    sex: Gender = Gender.UNDIFFERENTIATED
    telephone: str = ""
    address: str = ""
    affinity_id: Identifier | None = None
    resident_number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CareInstitution:
    """An institution as a document names it: `code` is its 요양기관기호."""

    name: str
    oid: str
    code: str = ""
    telephone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department (진료과) by the code of HIRA."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    """A doctor; `id` is the number under which the institution knows them."""

    id: str
    name: str
    department: Department | None = None
    telephone: str = ""
