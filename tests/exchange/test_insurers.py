"""Rule 6: an insurer opens the papers that the law names alone, whoever its people say they are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID, uuid4

import pytest

from naru.accounts.values import Link, Method, Post, Session
from naru.consent.errors import NotPermitted
from naru.directory import services as directory
from naru.directory.errors import KindFixed
from naru.domain.assertion import Claims
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.codes import Code
from naru.domain.institution import InstitutionKind
from naru.domain.xds import DocumentRequest
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.callers import vouched
from naru.exchange.documents.provide_and_register import provide_and_register
from naru.exchange.documents.retrieve import retrieve
from naru.exchange.institutions import admission
from naru.exchange.sendings import delivery
from tests.exchange.hospitals import Hospital, Patient, a_record, bytes_of, now
from tests.exchange.test_arrangements import by_patient, finds
from tests.registry.synthetic import in_the_name_of, submission

pytestmark = pytest.mark.django_db(transaction=True)

PAPERS = (  # 보험업법 제102조의6 names the first two; the third is sent with them.
    Code("receipt", "2.25.279126366289637767714409908982798392340.3"),
    Code("itemised-bill", "2.25.279126366289637767714409908982798392340.3"),
    Code("57833-6", "2.16.840.1.113883.6.1"),
)
SUMMARY = Code("34133-9", "2.16.840.1.113883.6.1")


def sends(hospital: Hospital, patient: Patient, kind: Code) -> str:
    """A document of that kind, by its uniqueId."""
    said = replace(a_record(patient), type_code=kind)
    sent = in_the_name_of(submission(patient.affinity_id, said), hospital.oid)
    documents = {said.entry_uuid: bytes_of(b"secret")}
    kept = provide_and_register(hospital.access("ITI-41"), sent, documents)
    return kept.submission.entries[0].unique_id


def at_a_post(there: UUID, role: Role) -> Caller:
    """Somebody signed in who was given that post there."""
    account = uuid4()
    post = Post(
        id=uuid4(),
        account=account,
        institution=there,
        role=role,
        name="시험",
        department="",
        licence="",
        first_day=date(2026, 1, 1),
        last_day=None,
        ended=False,
    )
    session = Session(
        id=uuid4(),
        account=account,
        method=Method.PASSKEY,
        begun=now(),
        passkey_shown=None,
        identity_shown=None,
        patient=None,
        link=Link.UNKNOWN,
        post=post,
        represented=None,
    )
    return identify.by_session(session, address="", now=now())


def itself(there: UUID) -> Caller:
    """The system of the institution."""
    return identify.by_institution(there, address="", now=now())


def asserted(there: UUID, *roles: Code) -> Caller:
    """Somebody for whom the institution's assertion speaks."""
    claims = Claims(names=("시험",), roles=roles)
    return vouched.vouched(
        itself(there), claims, "시험<1@2.999>", assurance=Assurance.ASSERTION, now=now()
    )


ASKING: dict[str, Callable[[UUID], Caller]] = {
    "its system": itself,
    "its user": asserted,
    "its user, a doctor": lambda there: asserted(there, Code("의사", "2.999.410.1")),
    "its user, a nurse": lambda there: asserted(there, Code("간호사", "2.999.410.1")),
    "a demo's page": lambda there: identify.at_clinic(there, address="", now=now()),
    **{
        f"its {role}": partial(at_a_post, role=role)
        for role in (Role.INSURER_CLERK, Role.AGENCY_CLERK, Role.HIRA_DESK, Role.PHARMACIST)
    },
    "its doctor": lambda there: at_a_post(there, Role.DOCTOR),
}


def admits(kind: InstitutionKind) -> UUID:
    return directory.admit(name="시험기관", kind=kind, on=date(2026, 1, 1)).id


def test_nothing_is_delivered_to_an_insurer_that_it_never_opens() -> None:
    here = Hospital()
    patient = here.patient()
    patient.consents()
    papers = {sends(here, patient, kind) for kind in PAPERS}
    summary = sends(here, patient, SUMMARY)
    insurer = admits(InstitutionKind.INSURER)

    def deliver(*chosen: str) -> UUID:
        mine = by_patient(patient)
        return delivery.direct(mine, patient.key, insurer, chosen, purpose="시험", days=1)

    for refused in ([summary], [*papers, summary], ["2.999.404"]):
        with pytest.raises(NotPermitted):
            deliver(*refused)
    assert delivery.of_patient(by_patient(patient), patient.key) == ()
    given = deliver(*papers)
    assert [one.id for one in delivery.of_patient(by_patient(patient), patient.key)] == [given]


def test_nothing_but_an_agency_becomes_an_insurer() -> None:
    here = Hospital()
    insurer = admits(InstitutionKind.INSURER)
    for one, kind in ((here.id, InstitutionKind.INSURER), (insurer, InstitutionKind.HUB)):
        with pytest.raises(KindFixed):
            admission.change_kind(here.access(), one, kind)
    with pytest.raises(KindFixed):
        admission.change_kind(here.access(), insurer, InstitutionKind.INSURER)


@pytest.mark.parametrize("asking", ASKING.values(), ids=ASKING.keys())
def test_an_insurer_opens_the_papers_of_the_law_alone(asking: Callable[[UUID], Caller]) -> None:
    here = Hospital()
    patient = here.patient()
    patient.consents()
    papers = {sends(here, patient, kind) for kind in PAPERS}
    summary = sends(here, patient, SUMMARY)
    there = {
        kind: admits(InstitutionKind.AGENCY)
        for kind in (InstitutionKind.INSURER, InstitutionKind.AGENCY)
    }
    for one in there.values():
        chosen = {*papers, summary}
        delivery.direct(by_patient(patient), patient.key, one, chosen, purpose="시험", days=1)
    # What was delivered to an agency opens by what it is now.
    insurer = there[InstitutionKind.INSURER]
    admission.change_kind(here.access(), insurer, InstitutionKind.INSURER)

    def access(kind: InstitutionKind) -> Access:
        caller = replace(asking(there[kind]), purpose=PurposeOfUse.PAYMENT)
        return Access(transaction="TEST", caller=caller, time=now())

    assert finds(access(InstitutionKind.INSURER), patient) == papers
    asked = [
        DocumentRequest(repository_unique_id=here.repository, document_unique_id=one)
        for one in (summary, *papers)
    ]
    got = retrieve(access(InstitutionKind.INSURER), asked)
    assert {one.request.document_unique_id for one in got.documents} == papers
    for each in got.documents:
        each.chunks.close()
    assert finds(access(InstitutionKind.AGENCY), patient) == {*papers, summary}
