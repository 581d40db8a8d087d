"""Any clinical document that the values allow: every kind, every field.

`AnyDocument` draws what CDA carries, which is all that XML does. A format that carries less draws
by a class of its own, which says of each value what it leaves out.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from functools import cache
from typing import Final, TypeVar

from hypothesis import strategies as st

from naru.domain.clinical import (
    Allergy,
    AllergyKind,
    Answered,
    Appointment,
    CareInstitution,
    ClinicalDocument,
    Coding,
    Content,
    Department,
    Diagnosis,
    DocumentHeader,
    Drinking,
    Encounter,
    EncounterKind,
    Immunization,
    Infection,
    Interpretation,
    Medication,
    Patient,
    PatientState,
    Practitioner,
    Procedure,
    Reading,
    ReferralReason,
    ReturnReason,
    Smoking,
    SmokingStatus,
    TestKind,
    TestResult,
    Transfer,
    VitalSigns,
)
from naru.domain.identifiers import Identifier
from naru.domain.person import Gender
from naru.formats.cda import DocumentForm
from tests.formats.tape import Tape, tapes

T = TypeVar("T")

SYSTEMS: Final = ("KOSTOM", "ATC", "SNOMED-CT", "LOINC", "KD", "EDI", "KCD")
UNITS: Final = ("", "mg/dL", "10*3/uL", "[iU]", "%", "㎎")
REASONS: Final = ("", "01", "02", "99", "기타", " ")


def whole(kind: type[T], /, **values: object) -> T:
    """A value of which no field is left out: a new one fails until it is named here."""
    assert values.keys() == set(_names(kind)), kind  # type: ignore[arg-type]  # lru_cache asks for Hashable, which mypy does not see in type[T].
    return kind(**values)


class AnyDocument:
    """Documents from a tape, each method one of their values."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.text = tape.text
        """Words that may be missing."""
        self.name = tape.said
        """Words that may not."""
        self.code = tape.code_or_none
        self.day = tape.day
        self.moment = tape.moment
        self.when = tape.when

    def number(self) -> object:
        """A measure that was taken or not."""
        return self.tape.maybe(lambda: self.tape.number(-1000, 1000))

    def uid(self) -> str:
        """A StudyInstanceUID or none."""
        return self.tape.oid() if self.tape.below(2) else ""

    def system(self) -> str:
        """A code system's short name, its OID or the name by which an author calls it."""
        ways = (lambda: self.tape.one(SYSTEMS), self.tape.oid, self.name)
        return self.tape.one(ways)()

    def translation(self) -> Coding:
        return whole(Coding, system=self.system(), code=self.code(), display=self.text())

    def translations(self) -> tuple[Coding, ...]:
        return self.tape.some(self.translation)

    def department(self) -> Department | None:
        return self.tape.maybe(lambda: whole(Department, code=self.code(), name=self.text()))

    def institution(self) -> CareInstitution:
        return whole(
            CareInstitution,
            name=self.name(),
            oid=self.tape.oid(),
            code=self.name(),
            telephone=self.name(),
            address=self.text(),
        )

    def practitioner(self) -> Practitioner:
        return whole(
            Practitioner,
            id=self.name(),
            name=self.name(),
            department=self.department(),
            telephone=self.text(),
        )

    def vital_signs(self) -> VitalSigns:
        measured = {
            name: self.number()
            for name in _names(VitalSigns)
            if name not in {"time", "consciousness"}
        }
        return whole(VitalSigns, time=self.when(), consciousness=self.text(), **measured)

    def diagnosis(self) -> Diagnosis:
        return whole(
            Diagnosis,
            date=self.day(),
            code=self.code(),
            name=self.text(),
            translations=self.translations(),
        )

    def medication(self) -> Medication:
        return whole(
            Medication,
            time=self.when(),
            code=self.code(),
            name=self.text(),
            system=self.system(),
            dose=self.text(),
            times=self.text(),
            days=self.text(),
            usage=self.text(),
            translations=self.translations(),
        )

    def test_result(self) -> TestResult:
        return whole(
            TestResult,
            time=self.when(),
            name=self.text(),
            result=self.tape.one((self.text, self.measured))(),
            kind=self.tape.one(tuple(TestKind)),
            code=self.code(),
            item=self.text(),
            reference=self.text(),
            unit=self.tape.one(UNITS),
            interpretation=self.tape.one((None, *Interpretation)),
            accession=self.text(),
            study=self.uid(),
            translations=self.translations(),
        )

    def measured(self) -> str:
        """A result that is a number."""
        return f"{self.tape.one(('', '+', '-'))}{self.tape.number(0, 999_999, 4)}"

    def procedure(self) -> Procedure:
        return whole(
            Procedure,
            date=self.day(),
            name=self.text(),
            code=self.code(),
            postoperative_diagnosis=self.text(),
            anesthesia=self.text(),
            translations=self.translations(),
        )

    def allergy(self) -> Allergy:
        return whole(
            Allergy,
            date=self.day(),
            kind=self.tape.one(tuple(AllergyKind)),
            name=self.text(),
            code=self.code(),
            reaction=self.text(),
            translations=self.translations(),
        )

    def referral_reason(self) -> ReferralReason:
        return whole(
            ReferralReason, state=self.reason(), clinical=self.reason(), other=self.reason()
        )

    def return_reason(self) -> ReturnReason:
        return whole(ReturnReason, kind=self.reason(), clinical=self.reason(), other=self.reason())

    def reason(self) -> str:
        """A reason's code, as authors write it."""
        return self.tape.one(REASONS)

    def appointment(self) -> Appointment:
        return whole(Appointment, time=self.when(), content=self.text())

    def smoking(self) -> Smoking:
        return whole(Smoking, date=self.day(), status=self.tape.one(tuple(SmokingStatus)))

    def drinking(self) -> Drinking:
        return whole(Drinking, date=self.day(), description=self.text())

    def infection(self) -> Infection:
        return whole(
            Infection,
            date=self.day(),
            name=self.text(),
            code=self.code(),
            category=self.text(),
            reported=self.tape.maybe(self.when),
        )

    def immunization(self) -> Immunization:
        return whole(
            Immunization,
            date=self.day(),
            name=self.text(),
            vaccine=self.text(),
            code=self.code(),
            system=self.system(),
            dose_number=self.tape.maybe(lambda: self.tape.below(1000)),
            lot=self.text(),
        )

    def reading(self) -> Reading:
        return whole(
            Reading,
            time=self.when(),
            name=self.text(),
            findings=self.name(),
            conclusion=self.text(),
            code=self.code(),
            modality=self.code(),
            body_site=self.text(),
            accession=self.text(),
            study=self.uid(),
            radiologist=self.text(),
        )

    def state(self) -> PatientState:
        names = ("systolic", "diastolic", "temperature", "heart_rate")
        measured = {name: self.number() for name in names}
        return whole(PatientState, consciousness=self.text(), **measured)

    def transfer(self) -> Transfer:
        return whole(
            Transfer,
            arrived=self.tape.maybe(self.moment),
            departed=self.tape.maybe(self.moment),
            means=self.text(),
            vehicle=self.text(),
            attendant=self.text(),
            triage=self.text(),
            before=self.state(),
            after=self.state(),
        )

    def content(self, form: DocumentForm) -> Content:
        """What the form has a place for, and all that it demands."""
        places = {name for section in form.sections for name in (section.text, *section.entries)}
        demanded = {path.split(".")[1] for path, _ in form.mandatory if path.startswith("content.")}
        draw = {True: self.demanded, False: self.field}
        return content_fields(lambda name: draw[name in demanded](name), places)

    def field(self, name: str) -> object:
        """What a field of Content says, or that it says nothing."""
        one, is_many = self._drawn()[name]
        if is_many:
            return self.tape.some(one)
        return one() if name in _WORDS else self.tape.maybe(one)

    def demanded(self, name: str) -> object:
        """What a field of Content says that may not be empty."""
        one, is_many = self._drawn()[name]
        if name in _WORDS:
            return self.name()
        return (one(), *self.tape.some(one, 1)) if is_many else one()

    def _drawn(self) -> Mapping[str, tuple[Callable[[], object], bool]]:
        """How each field of Content is drawn, and whether it has several."""
        return {
            "vital_signs": (self.vital_signs, True),
            "diagnoses": (self.diagnosis, True),
            "medications": (self.medication, True),
            "discharge_medications": (self.medication, True),
            "test_results": (self.test_result, True),
            "procedures": (self.procedure, True),
            "allergies": (self.allergy, True),
            "opinion": (self.text, False),
            "reason": (self.text, False),
            "past_history": (self.text, False),
            "referral_reason": (self.referral_reason, False),
            "return_reason": (self.return_reason, False),
            "appointments": (self.appointment, True),
            "smoking": (self.smoking, True),
            "drinking": (self.drinking, True),
            "infections": (self.infection, True),
            "immunizations": (self.immunization, True),
            "readings": (self.reading, True),
            "transfer": (self.transfer, False),
        }

    def patient(self, known_as: Identifier) -> Patient:
        """Whom the header names; the exchange's id and 주민등록번호 are never written."""
        return Patient(
            mrn=known_as.value,
            name=self.name(),
            birth_date=self.day(),
            sex=self.tape.one(tuple(Gender)),
            telephone=self.text(),
            address=self.text(),
        )

    def header(self, form: DocumentForm) -> DocumentHeader:
        """A header of a time at which the form was in force."""
        time = self.moment()
        if time.date() < form.version:
            time = time.replace(year=form.version.year + 1 + self.tape.below(900), day=1)
        return whole(
            DocumentHeader,
            id=self.tape.oid(),
            time=time,
            patient_id=whole(Identifier, value=self.name(), authority=self.tape.oid()),
            custodian=self.institution(),
        )

    def encounter(self) -> Encounter:
        return whole(
            Encounter,
            date=self.day(),
            kind=self.tape.one(tuple(EncounterKind)),
            until=self.tape.maybe(self.when),
            department=self.department(),
        )

    def document(self, form: DocumentForm) -> ClinicalDocument:
        """A whole document of the form."""
        header = self.header(form)
        maybe = self.tape.maybe
        return whole(
            ClinicalDocument,
            kind=form.kind,
            header=header,
            patient=self.patient(header.patient_id),
            author=self.practitioner(),
            authenticator=None,
            content=self.content(form),
            recipient=self.institution() if "recipient" in form.header else maybe(self.institution),
            encounter=maybe(self.encounter),
            number=self.text(),
            answers=maybe(lambda: whole(Answered, id=self.tape.oid(), number=self.text())),
        )


_WORDS: Final = frozenset({"opinion", "reason", "past_history"})


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def content_fields(
    drawn: Callable[[str], object], places: Collection[str] | None = None
) -> Content:
    """The content of these places, in the order of its fields; of all where none are named."""
    names = [one for one in _names(Content) if places is None or one in places]
    return Content(**{name: drawn(name) for name in names})  # type: ignore[arg-type]  # Each of its own kind.


def document_of(
    form: DocumentForm, drawn: type[AnyDocument] = AnyDocument
) -> st.SearchStrategy[ClinicalDocument]:
    """Any document of the form, as `drawn` draws it."""
    return tapes.map(lambda octets: drawn(Tape(octets)).document(form))
