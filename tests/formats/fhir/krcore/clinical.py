"""Random clinical documents, as far as FHIR can write them down and read them back exactly.

Left out, and told in docs/conformance/kr-core.tsv: words of blanks alone, units of results that are
no number, times without a zone, a resident number.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

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

KINDS = (
    "referral",
    "return",
    "reply",
    "summary",
    "radiology-report",
    "emergency-transfer",
    "certificate",
)

# Hangul in both forms, rare syllables, hanja, emoji, right-to-left, what XML must escape.
_SIGNS = "가힣뷁똠김 철수ᄒ\u1161ᆫ글龍李😀👩‍⚕️אבعر<>&\"'ab0-1/·\n"
words = st.text(_SIGNS, max_size=12).map(str.strip)
said = st.text(_SIGNS, min_size=1, max_size=12).map(str.strip).map(lambda one: one or "말")
codes = st.from_regex(r"[A-Z][0-9]{2,8}", fullmatch=True)
code_or_none = st.just("") | codes
days = st.dates(date(2019, 1, 1), date(2027, 12, 31))
times = st.integers(0, 280_000_000).map(
    lambda seconds: datetime(2019, 1, 1, tzinfo=KST) + timedelta(seconds=seconds)
)
whens = days | times
numbers = st.decimals(Decimal(0), Decimal(300), places=1)
maybe_number = st.none() | numbers
oids = st.integers(1, 10**9).map(lambda one: f"2.999.{one}")
uids = st.just("") | oids
translations = st.lists(
    st.builds(Coding, st.sampled_from(["KOSTOM", "LOINC", "어느 체계"]), codes, words), max_size=2
).map(tuple)
ingredients = st.lists(
    st.builds(Coding, st.just("ATC"), st.just("A10BA02"), words), max_size=2
).map(tuple)


T = TypeVar("T")


def several(of: SearchStrategy[T]) -> SearchStrategy[tuple[T, ...]]:
    """None, some or three."""
    return st.lists(of, max_size=3).map(tuple)


_coded = st.builds(Diagnosis, date=days, code=codes, name=said, translations=translations)
_medications = st.builds(
    Medication,
    time=whens,
    code=codes,
    name=said,
    system=st.sampled_from(["KD", "EDI"]),
    dose=words | st.sampled_from(["1정", "0.5 mL", "1/3정", "2.50mg"]),
    times=words | st.sampled_from(["3", "1일 2회"]),
    days=words | st.sampled_from(["7", "14일"]),
    usage=words,
    translations=st.builds(lambda one, other: one + other, translations, ingredients),
)
_results = st.builds(
    TestResult,
    time=whens,
    name=said,
    result=words,
    kind=st.sampled_from(TestKind),
    code=code_or_none,
    item=words,
    reference=words,
    interpretation=st.none() | st.sampled_from(Interpretation),
    accession=words,
    study=uids,
    translations=translations,
)
_measured = st.builds(
    TestResult,
    time=whens,
    name=said,
    result=st.from_regex(r"(<|>=)?[1-9][0-9]{0,3}(\.[0-9]{1,3})?", fullmatch=True),
    unit=st.sampled_from(["g/dL", "mmol/L", "10*3/uL", "%", "밀리그램"]),
    code=codes,
)
_procedures = st.builds(
    Procedure,
    date=days,
    name=said,
    code=st.just("") | st.from_regex(r"[0-9]{2,4}", fullmatch=True),
    postoperative_diagnosis=words,
    anesthesia=words,
    translations=st.lists(st.builds(Coding, st.just("LOINC"), codes, words), max_size=1).map(tuple),
)
_allergies = st.builds(
    Allergy,
    date=days,
    kind=st.sampled_from(AllergyKind),
    name=said,
    code=codes,
    reaction=words,
    translations=ingredients,
)
_vital_signs = st.builds(
    VitalSigns,
    time=whens,
    height=maybe_number,
    weight=maybe_number,
    systolic=maybe_number,
    diastolic=maybe_number,
    temperature=maybe_number,
    heart_rate=maybe_number,
    respiratory_rate=maybe_number,
    oxygen_saturation=maybe_number,
    consciousness=words,
)
_infections = st.builds(
    Infection, date=days, name=said, code=code_or_none, category=words, reported=st.none() | whens
)
_immunizations = st.builds(
    Immunization,
    date=days,
    name=said | st.sampled_from(["결핵", "MMR"]),
    vaccine=words,
    code=codes,
    system=st.sampled_from(["KOSTOM", "EDI"]),
    dose_number=st.none() | st.integers(1, 9),
    lot=words,
) | st.builds(Immunization, date=days, name=st.just("결핵"), vaccine=words)
_readings = st.builds(
    Reading,
    time=whens,
    name=said,
    findings=words,
    conclusion=words,
    code=code_or_none,
    modality=st.sampled_from(["", "CT", "MR"]),
    body_site=words,
    accession=words,
    study=uids,
    radiologist=words,
)
_states = st.builds(
    PatientState,
    consciousness=words,
    systolic=maybe_number,
    diastolic=maybe_number,
    temperature=maybe_number,
    heart_rate=maybe_number,
)
_transfers = st.builds(
    Transfer,
    arrived=st.none() | times,
    departed=st.none() | times,
    means=words,
    vehicle=words,
    attendant=words,
    triage=words,
    before=_states,
    after=_states,
)
_contents = st.builds(
    Content,
    vital_signs=several(_vital_signs),
    diagnoses=several(_coded),
    medications=several(_medications),
    test_results=several(_results | _measured),
    procedures=several(_procedures),
    allergies=several(_allergies),
    opinion=words,
    reason=words,
    referral_reason=st.none() | st.builds(ReferralReason, state=codes, clinical=code_or_none),
    return_reason=st.none() | st.builds(ReturnReason, kind=codes, other=code_or_none),
    appointments=several(st.builds(Appointment, time=whens, content=words)),
    past_history=words,
    smoking=several(st.builds(Smoking, date=days, status=st.sampled_from(SmokingStatus))),
    drinking=several(st.builds(Drinking, date=days, description=words)),
    infections=several(_infections),
    immunizations=several(_immunizations),
    discharge_medications=several(_medications),
    readings=several(_readings),
    transfer=st.none() | _transfers,
)
_institutions = st.builds(
    CareInstitution, name=said, oid=oids, code=code_or_none, telephone=words, address=words
)
_departments = st.builds(Department, code=st.sampled_from(["", "01", "0100", "어느 과"]), name=said)
_practitioners = st.builds(
    Practitioner, id=words, name=said, department=st.none() | _departments, telephone=words
)
_patients = st.builds(
    Patient,
    mrn=said,
    name=said,
    birth_date=st.dates(date(1900, 1, 1), date(2027, 1, 1)),
    sex=st.sampled_from(Gender),
    telephone=words,
    address=words,
    affinity_id=st.none() | st.builds(Identifier, said, oids),
)
_encounters = st.builds(
    Encounter,
    date=days,
    kind=st.sampled_from(EncounterKind),
    until=st.none() | whens,
    department=st.none() | _departments,
)


@st.composite
def documents(draw: st.DrawFn) -> ClinicalDocument:
    """A whole document of any kind."""
    patient = draw(_patients)
    known_as = draw(st.just(patient.mrn) | said)
    return ClinicalDocument(
        kind=draw(st.sampled_from(KINDS)),
        header=DocumentHeader(
            id=draw(oids),
            time=draw(times),
            patient_id=Identifier(known_as, draw(oids)),
            custodian=draw(_institutions),
        ),
        patient=patient,
        author=draw(_practitioners),
        content=draw(_contents),
        authenticator=draw(st.none() | _practitioners),
        recipient=draw(st.none() | _institutions),
        encounter=draw(st.none() | _encounters),
        number=draw(words),
        answers=draw(st.none() | st.builds(Answered, id=oids, number=words)),
    )
