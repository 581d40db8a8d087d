"""Any clinical document that the values allow, for Hypothesis: every kind, every field."""

import unicodedata
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final

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
from naru.domain.korea import KST
from naru.domain.person import Gender
from naru.formats.cda import DocumentForm

# What XML can carry: letters of every script, rare syllables, emoji, signs of direction.
_WRITTEN: Final = st.characters(
    exclude_categories=["Cc", "Cs", "Cn"], include_characters="\t\n\r\x7f\x85"
)
_HARD: Final = st.sampled_from(
    [
        "한글",
        "쀍 뷁 힣 똠방각하",
        unicodedata.normalize("NFD", "각힣 뷁"),
        "ㄱㅏ ᄀᆞᆷ ꥠힰ",
        "金하늘 漢字 𠮷 㐂",
        "👩‍⚕️ 🏥 🇰🇷",
        "\u05e2\u05d1\u05e8\u05d9\u05ea \u200f\u0627\u0644\u0639\u200e \u202eabc\u202c",
        " 앞뒤 빈칸 ",
        "\u3000전각 빈칸\u00a0",
        "줄\n바꿈\t탭\r되돌림\r\n",
        "   ",
        "]]> <script>alert(1)</script> &amp; &#10; \"'",
        "||&",
    ]
)
TEXT: Final = st.text(_WRITTEN, max_size=20) | _HARD
NAME: Final = TEXT.filter(lambda text: text.strip() != "")
CODE: Final = st.just("") | st.from_regex(r"[A-Z0-9][0-9A-Z.\-/]{0,9}", fullmatch=True)
OID: Final = st.from_regex(r"2\.999(\.(0|[1-9][0-9]{0,6})){1,4}", fullmatch=True)
DAY: Final = st.dates(date(1000, 1, 1), date(9998, 12, 30))
INSTANT: Final = st.datetimes(
    datetime(1000, 1, 1),  # noqa: DTZ001  # The zone is given below.
    datetime(9998, 12, 30),  # noqa: DTZ001  # Same.
    timezones=st.just(KST),
)
WHEN: Final = DAY | INSTANT
NUMBER: Final = st.decimals(-1000, 1000, places=2) | st.decimals(0, 300, places=0)
SYSTEM: Final = (
    st.sampled_from(["KOSTOM", "ATC", "SNOMED-CT", "LOINC", "KD", "EDI", "KCD"]) | OID | NAME
)
CODING: Final = st.builds(Coding, system=SYSTEM, code=CODE, display=TEXT)


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=2).map(tuple)


def each(kind: type, /, **values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value of which no field is left out: a new one fails until it is named here."""
    assert set(values) == {field.name for field in fields(kind)}, kind
    return st.builds(kind, **values)


TRANSLATIONS: Final = some(CODING)
DEPARTMENT: Final = st.none() | each(Department, code=CODE, name=TEXT)
ADDRESS: Final = TEXT
INSTITUTION: Final = each(
    CareInstitution, name=NAME, oid=OID, code=NAME, telephone=NAME, address=ADDRESS
)
PERSON: Final = each(Practitioner, id=NAME, name=NAME, department=DEPARTMENT, telephone=TEXT)
UNIT: Final = st.sampled_from(["", "mg/dL", "10*3/uL", "[iU]", "%", "㎎"])
RESULT: Final = TEXT | st.from_regex(r"[+-]?[0-9]{1,6}(\.[0-9]{1,4})?", fullmatch=True)
STATE: Final = each(
    PatientState,
    consciousness=TEXT,
    **dict.fromkeys(("systolic", "diastolic", "temperature", "heart_rate"), st.none() | NUMBER),
)
REASON: Final = st.sampled_from(["", "01", "02", "99", "기타", " "])
MEDICATION: Final = each(
    Medication,
    time=WHEN,
    code=CODE,
    name=TEXT,
    system=SYSTEM,
    translations=TRANSLATIONS,
    **dict.fromkeys(("dose", "times", "days", "usage"), TEXT),
)
CONTENT: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "vital_signs": some(
        each(
            VitalSigns,
            time=WHEN,
            consciousness=TEXT,
            **{
                field.name: st.none() | NUMBER
                for field in fields(VitalSigns)
                if field.name not in {"time", "consciousness"}
            },
        )
    ),
    "diagnoses": some(each(Diagnosis, date=DAY, code=CODE, name=TEXT, translations=TRANSLATIONS)),
    "medications": some(MEDICATION),
    "discharge_medications": some(MEDICATION),
    "test_results": some(
        each(
            TestResult,
            time=WHEN,
            kind=st.sampled_from(TestKind),
            code=CODE,
            result=RESULT,
            unit=UNIT,
            interpretation=st.none() | st.sampled_from(Interpretation),
            study=st.just("") | OID,
            translations=TRANSLATIONS,
            **dict.fromkeys(("name", "item", "reference", "accession"), TEXT),
        )
    ),
    "procedures": some(
        each(
            Procedure,
            date=DAY,
            code=CODE,
            translations=TRANSLATIONS,
            **dict.fromkeys(("name", "postoperative_diagnosis", "anesthesia"), TEXT),
        )
    ),
    "allergies": some(
        each(
            Allergy,
            date=DAY,
            kind=st.sampled_from(AllergyKind),
            name=TEXT,
            code=CODE,
            reaction=TEXT,
            translations=TRANSLATIONS,
        )
    ),
    "opinion": TEXT,
    "reason": TEXT,
    "past_history": TEXT,
    "referral_reason": st.none()
    | each(ReferralReason, state=REASON, clinical=REASON, other=REASON),
    "return_reason": st.none() | each(ReturnReason, kind=REASON, clinical=REASON, other=REASON),
    "appointments": some(each(Appointment, time=WHEN, content=TEXT)),
    "smoking": some(each(Smoking, date=DAY, status=st.sampled_from(SmokingStatus))),
    "drinking": some(each(Drinking, date=DAY, description=TEXT)),
    "infections": some(
        each(
            Infection,
            date=DAY,
            name=TEXT,
            code=CODE,
            category=TEXT,
            reported=st.none() | WHEN,
        )
    ),
    "immunizations": some(
        each(
            Immunization,
            date=DAY,
            name=TEXT,
            vaccine=TEXT,
            code=CODE,
            system=SYSTEM,
            dose_number=st.none() | st.integers(0, 999),
            lot=TEXT,
        )
    ),
    "readings": some(
        each(
            Reading,
            time=WHEN,
            code=CODE,
            modality=CODE,
            study=st.just("") | OID,
            findings=NAME,
            **dict.fromkeys(("name", "conclusion", "body_site", "accession", "radiologist"), TEXT),
        )
    ),
    "transfer": st.none()
    | each(
        Transfer,
        arrived=st.none() | INSTANT,
        departed=st.none() | INSTANT,
        before=STATE,
        after=STATE,
        **dict.fromkeys(("means", "vehicle", "attendant", "triage"), TEXT),
    ),
}
assert set(CONTENT) == {field.name for field in fields(Content)}


def content_of(form: DocumentForm) -> st.SearchStrategy[Content]:
    """What the form has a place for, and all that it demands."""
    places = {name for section in form.sections for name in (section.text, *section.entries)}
    demanded = {path.split(".")[1] for path, _ in form.mandatory if path.startswith("content.")}
    return st.builds(
        Content,
        **{
            name: CONTENT[name].filter(
                lambda said: bool(said.strip() if isinstance(said, str) else said)
            )
            if name in demanded
            else CONTENT[name]
            for name in places - {""}
        },
    )


def document_of(form: DocumentForm) -> st.SearchStrategy[ClinicalDocument]:
    """Any document of the form; the exchange's id and 주민등록번호 are never written."""

    def assembled(header: DocumentHeader, patient: Patient, **values: Any) -> ClinicalDocument:
        known = Patient(
            mrn=header.patient_id.value,
            name=patient.name,
            birth_date=patient.birth_date,
            sex=patient.sex,
            telephone=patient.telephone,
            address=patient.address,
        )
        document = ClinicalDocument(kind=form.kind, header=header, patient=known, **values)
        assert document.authenticator != document.author
        return document

    recipient = INSTITUTION if "recipient" in form.header else st.none() | INSTITUTION
    return st.builds(
        assembled,
        header=each(
            DocumentHeader,
            id=OID,
            time=INSTANT.filter(lambda time: time.date() >= form.version),
            patient_id=st.builds(Identifier, NAME, OID),
            custodian=INSTITUTION,
        ),
        patient=st.builds(
            Patient,
            mrn=st.just(""),
            name=NAME,
            birth_date=DAY,
            sex=st.sampled_from(Gender),
            telephone=TEXT,
            address=ADDRESS,
        ),
        author=PERSON,
        authenticator=st.none(),
        content=content_of(form),
        recipient=recipient,
        encounter=st.none()
        | each(
            Encounter,
            date=DAY,
            kind=st.sampled_from(EncounterKind),
            until=st.none() | WHEN,
            department=DEPARTMENT,
        ),
        number=TEXT,
        answers=st.none() | each(Answered, id=OID, number=TEXT),
    )
