"""A sent referral goes to HIRA's relay once, with consents, and is proved billable or named why."""

import re
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client, override_settings

from naru.audit import models as audit
from naru.consent.errors import NotPermitted
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.domain.referrals import Referral
from naru.exchange import identify
from naru.exchange.access import Access
from naru.formats import hira_relay
from naru.hira import models, proof, queries, services, tasks
from naru.hira.errors import HiraRefused, NotBillable, NotConsented, NotNow
from naru.hira.port import RelayRefused, RelayUnreachable
from naru.hira.queries import HandoverState
from naru.ledger import queries as ledger
from naru.ledger import tasks as ledger_tasks
from naru.node.relay import FILE, HttpRelay, RelayFileRefused, connected
from naru.outbox import models as outbox
from naru.outbox import worker
from naru.referrals import sending
from naru.referrals.errors import NoSuchReferral
from naru.simulators.hira_relay import Simulator
from naru.ui.clock import now, today
from tests.acting import node, staff
from tests.ports import free_port
from tests.referrals.hospitals import Hospital, draft

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "TEST-secret-of-the-relay"
ALL = (("patient-consent", "yes"), ("clinician-consent", "yes"), ("insurance", "4"))
_times = count(1)


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


@pytest.fixture(scope="module")
def relay() -> Iterator[Simulator]:
    """The relay's simulator, over real HTTP."""
    with running() as started:
        yield started


@contextmanager
def running() -> Iterator[Simulator]:
    server = Simulator(free_port(), SECRET)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def driver(server: Simulator) -> HttpRelay:
    return HttpRelay(server.url, SECRET)


def sent(west: Hospital, east: Hospital) -> Referral:
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    return sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통"))


def says(west: Hospital, referral: Referral, *what: tuple[str, str]) -> None:
    for kind, value in what:
        services.state(west.doctor(), referral.id, kind, value)


def takes_part(institution: UUID, first: date, last: date | None) -> None:
    access = Access(transaction="TEST", caller=identify.operator(), time=now())
    services.take_part(access, institution, first, last)


def works(server: HttpRelay, after: timedelta = timedelta()) -> None:
    """The worker does what waits, as if some time had gone by."""
    worker.run_once(tasks.handlers(server), lambda: now() + after)


def state(referral: Referral) -> tuple[str, str]:
    found = queries.handover(referral.id)
    assert found is not None
    return found.state, found.reason


def test_entered_once_it_appears_in_both_systems_with_matching_numbers(relay: Simulator) -> None:
    west, east = Hospital(), Hospital()
    referral = sent(west, east)
    says(west, referral, *ALL)
    services.hand_over(west.doctor(), referral.id)
    assert state(referral) == ("waiting", "")

    works(driver(relay))

    receipt, said = relay.kept[referral.number]
    handover = queries.handover(referral.id)
    assert handover is not None
    assert (handover.state, handover.receipt) == (HandoverState.HANDED_OVER, receipt)
    assert (said["referralNumber"], said["senderCode"], said["receiverCode"]) == (
        referral.number, west.oid, east.oid,
    )  # fmt: skip
    assert (said["documentId"], said["patientName"]) == (referral.document, "김나루")
    services.confirm(west.doctor(), referral.id)
    assert state(referral)[0] == "confirmed"
    with pytest.raises(NotNow):
        services.confirm(west.doctor(), referral.id)
    with pytest.raises(NotNow):
        services.hand_over(west.doctor(), referral.id)


def test_nothing_goes_before_both_consent_and_nothing_after_one_withdrew(relay: Simulator) -> None:
    west, east = Hospital(), Hospital()
    referral = sent(west, east)
    for said in ((), ALL[:1], (("patient-consent", "no"), ALL[1])):
        says(west, referral, *said)
        with pytest.raises(NotConsented):
            services.hand_over(west.doctor(), referral.id)
    says(west, referral, *ALL)
    services.hand_over(west.doctor(), referral.id)
    says(west, referral, ("patient-consent", "no"))

    works(driver(relay))

    assert state(referral) == ("failed", "consent-withdrawn")
    assert referral.number not in relay.kept


def test_a_relay_that_does_not_answer_is_tried_again_and_then_fails_with_its_reason() -> None:
    west, east = Hospital(), Hospital()
    referral = sent(west, east)
    says(west, referral, *ALL)
    services.hand_over(west.doctor(), referral.id)
    nobody = HttpRelay(f"http://127.0.0.1:{free_port()}/submissions", SECRET)

    works(nobody)
    assert state(referral) == ("waiting", "unreachable")
    for _ in range(12):
        works(nobody, timedelta(hours=next(_times)))
    assert state(referral) == ("failed", "unreachable")

    services.hand_over(west.doctor(), referral.id)
    with running() as again:
        works(driver(again))
        assert state(referral) == ("handed-over", "")
        assert list(again.kept) == [referral.number]


def test_handed_over_twice_it_is_one_and_what_is_refused_says_why(relay: Simulator) -> None:
    west, east = Hospital(), Hospital()
    submission = tasks.submission(sent(west, east))
    first = driver(relay).hand_over(submission)
    assert driver(relay).hand_over(submission) == first
    with pytest.raises(RelayRefused, match="unknown-institution"):
        driver(relay).hand_over(replace(submission, number="TEST-9998"))
    with pytest.raises(RelayUnreachable):
        driver(relay).hand_over(replace(submission, number="TEST-9999"))
    with pytest.raises(RelayUnreachable):
        HttpRelay(relay.url, "another").hand_over(submission)
    assert hira_relay.from_json(hira_relay.to_json(submission)) == submission


@pytest.mark.parametrize(
    "octets", [b"", b"{}", b"[]", b"\xff", b'{"relayNumber": 1}', b"[" * 100_000, b"1" * 100_000]
)
def test_an_answer_that_names_no_number_is_none(octets: bytes) -> None:
    for read in (hira_relay.from_json, hira_relay.receipt_from_json):
        with pytest.raises(hira_relay.InvalidMessage):
            read(octets)


def test_only_who_sent_it_speaks_of_it_and_a_clinician_for_themself() -> None:
    west, east, other = Hospital(), Hospital(), Hospital()
    referral = sent(west, east)
    with pytest.raises(NotPermitted):
        services.state(east.doctor(), referral.id, *ALL[0])
    with pytest.raises(NoSuchReferral):
        services.file(other.doctor(), referral.id)
    coordinator = west.doctor(Role.REFERRAL_COORDINATOR)
    with pytest.raises(NotPermitted):
        services.state(coordinator, referral.id, "clinician-consent", "yes")
    for wrong in (("insurance", "6"), ("patient-consent", "4"), ("other", "yes")):
        with pytest.raises(HiraRefused):
            services.state(west.doctor(), referral.id, *wrong)
    assert queries.said(referral.id) == {}


def test_each_missing_condition_is_named_and_all_together_give_one_proof() -> None:
    west, east = Hospital(), Hospital()
    referral = sent(west, east)

    def missing() -> set[str]:
        found = services.file(west.doctor(), referral.id)
        return {one.code for one in found.judgement.missing}

    assert missing() == {"insured", "pilot", "patient-consent", "clinician-consent"}
    takes_part(west.id, today(now()), None)
    assert missing() == {"insured", "patient-consent", "clinician-consent"}
    says(west, referral, ALL[0], ALL[1], ("insurance", "5"))
    assert missing() == {"insured"}
    with pytest.raises(NotBillable):
        services.prove(west.doctor(), referral.id)
    says(west, referral, ALL[2])
    assert missing() == set()
    before = audit.Record.objects.count()

    given = services.prove(west.doctor(), referral.id)

    assert audit.Record.objects.count() == before + 1
    assert services.prove(west.doctor(), referral.id) == given
    found = proof.verify(given.signed)
    assert found.on_ledger
    assert (found.statement.referral, found.statement.day) == (referral.number, given.day)
    assert b"\xea\xb9\x80" not in given.signed
    worker.run_once(ledger_tasks.handlers())
    receipt = ledger.receipt(given.id)
    assert receipt is not None
    assert proof.verify(given.signed).position == receipt.position


def test_of_two_who_ask_at_once_the_slower_gets_the_same_proof(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both looked before either had proved it."""
    west, east = Hospital(), Hospital()
    referral = sent(west, east)
    takes_part(west.id, today(now()), None)
    says(west, referral, *ALL)
    given, kept = services.prove(west.doctor(), referral.id), queries.claim
    looks: list[UUID] = []

    def claim(one: UUID) -> queries.Claim | None:
        looks.append(one)
        return None if len(looks) == 1 else kept(one)

    monkeypatch.setattr(queries, "claim", claim)

    assert services.prove(west.doctor(), referral.id) == given
    assert len(looks) == 2


def test_one_fee_is_due_for_a_patient_and_day() -> None:
    west, east = Hospital(), Hospital()
    first, second = two_of_a_day(west, east)
    given = proved_on_the_day_of(west, first, second)

    with pytest.raises(NotBillable):
        services.prove(west.doctor(), second.id)
    missing = services.file(west.doctor(), second.id).judgement.missing
    assert [one.code for one in missing] == ["once-a-day"]
    assert services.prove(west.doctor(), first.id) == given
    other = sent(west, east)  # Another patient's of the same day.
    says(west, other, *ALL)
    assert services.prove(west.doctor(), other.id)
    models.Claim.objects.filter(referral=first.id).update(
        sent_on=korean_day(second.time) - timedelta(days=1)
    )
    assert services.prove(west.doctor(), second.id)  # Of another day.


def test_of_two_papers_that_are_proved_at_once_one_gets_the_fee(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both looked before either had its proof."""
    west, east = Hospital(), Hospital()
    first, second = two_of_a_day(west, east)
    proved_on_the_day_of(west, first, second)
    kept, looks = queries.has_fee, list[UUID]()

    def has_fee(
        institution: UUID, patients: Collection[UUID], sent_on: date, *, beside: UUID
    ) -> bool:
        looks.append(beside)
        return len(looks) > 1 and kept(institution, patients, sent_on, beside=beside)

    monkeypatch.setattr(queries, "has_fee", has_fee)

    with pytest.raises(NotBillable):
        services.prove(west.doctor(), second.id)
    assert queries.claim(second.id) is None


def two_of_a_day(west: Hospital, east: Hospital) -> tuple[Referral, Referral]:
    """Two referrals of one patient."""
    takes_part(west.id, today(now()), None)
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    made = [
        sending.send(west.doctor(), draft(west, east, patient, "상세불명의 흉통")) for _ in range(2)
    ]
    for one in made:
        says(west, one, *ALL)
    first, second = made
    return first, second


def proved_on_the_day_of(west: Hospital, first: Referral, second: Referral) -> queries.Claim:
    """The first one's proof, as of a sending on the second one's day, though midnight came."""
    given = services.prove(west.doctor(), first.id)
    models.Claim.objects.filter(referral=first.id).update(sent_on=korean_day(second.time))
    return given


def test_the_monthly_report_counts_what_came_of_the_fee() -> None:
    west, east = Hospital(), Hospital()
    referral = sent(west, east)
    takes_part(west.id, today(now()), None)
    says(west, referral, *ALL)
    month = services.prove(west.doctor(), referral.id).day.replace(day=1)

    director = staff(Role.DIRECTOR, west.id, "원장")
    (row,) = director.get(f"/console/report/json?month={month:%Y-%m}").json()["rows"]

    assert (row["fee_proofs"], row["relay_taken"], row["relay_failed"]) == (1, 0, 0)
    other = staff(Role.DIRECTOR, east.id, "원장")
    (theirs,) = other.get(f"/console/report/json?month={month:%Y-%m}").json()["rows"]
    assert theirs["fee_proofs"] == 0
    asked = f"/console/report/json?month={month:%Y-%m}&institution={west.id}"
    assert other.get(asked).status_code == 404


def test_a_changed_proof_is_none() -> None:
    west, east = Hospital(), Hospital()
    referral = sent(west, east)
    takes_part(west.id, today(now()), None)
    says(west, referral, *ALL)
    octets = services.prove(west.doctor(), referral.id).signed
    header, payload, signature = octets.split(b".")
    swapped = payload.swapcase()
    for wrong in (
        b"",
        b"x" * 20_000,
        payload,
        b".".join((header, swapped, signature)),
        b".".join((header, payload, signature[::-1])),
        octets.replace(b".", b"..", 1),
        octets[:-4],
    ):
        with pytest.raises(proof.ProofInvalid):
            proof.verify(wrong)


def test_a_membership_counts_on_the_day_of_the_sending_alone() -> None:
    west, east = Hospital(), Hospital()
    referral = sent(west, east)
    day = today(now())
    takes_part(west.id, day + timedelta(days=1), None)
    takes_part(west.id, date(2020, 1, 1), day - timedelta(days=1))
    assert not queries.takes_part(west.id, day)
    file = services.file(west.doctor(), referral.id)
    assert "pilot" in {one.code for one in file.judgement.missing}


def test_the_page_leads_through_consents_to_the_proof_and_the_months_list() -> None:
    west, east = Hospital(), Hospital()
    referral = sent(west, east)
    takes_part(west.id, today(now()), None)
    doctor = staff(Role.DOCTOR, west.id, "이의사")
    address = f"/clinic/referrals/{referral.id}/hira"
    assert address in doctor.get(f"/clinic/referrals/{referral.id}").content.decode()
    page = doctor.get(address).content.decode()
    assert "아직 수가를 청구할 수 없습니다" in page
    assert "연결되지 않음" in page
    assert page.count(">빠짐<") == 3
    assert doctor.post(f"{address}/hand-over").status_code == 409
    assert doctor.post(f"{address}/proof").status_code == 409
    for kind, value in ALL:
        sent_form = {"kind": kind, "value": value}
        assert doctor.post(f"{address}/state", sent_form).status_code == 302
    with override_settings(RELAY=object()):
        page = doctor.get(address).content.decode()
        assert "수가를 청구할 수 있습니다" in page
        assert "연결되지 않음" not in page
    assert doctor.post(f"{address}/hand-over").status_code == 302
    assert "제출을 기다림" in doctor.get(address).content.decode()
    assert outbox.Entry.objects.filter(kind=services.HAND_OVER).count() == 1

    given = doctor.post(f"{address}/proof")

    assert given.headers["Content-Type"] == "application/jose"
    checked = doctor.post("/clinic/billing/verify", {"text": given.content.decode()})
    assert "이 노드가 서명한 청구 증명입니다" in checked.content.decode()
    assert doctor.post("/clinic/billing/verify", {"text": "x"}).status_code == 422
    listed = doctor.get("/clinic/billing").content.decode()
    assert referral.number in listed
    assert re.search(r"제출을 기다림", listed)
    assert nobody_else(address, east)


def nobody_else(address: str, other: Hospital) -> bool:
    """The receiver's doctor sees nothing of the sender's billing."""
    stranger: Client = staff(Role.DOCTOR, other.id, "박의사")
    answers = [stranger.get(address), stranger.post(f"{address}/proof")]
    return {one.status_code for one in answers} == {404}


def test_the_file_of_the_relay_is_refused_where_it_would_leak(tmp_path: Path) -> None:
    folder = tmp_path
    assert connected(folder) is None
    key = folder / "relay.key"
    key.write_text(SECRET, "ascii")
    key.chmod(0o600)
    said = 'url = "{}"\nkey_file = "relay.key"\n'
    (folder / FILE).write_text(said.format("http://127.0.0.1:1/submissions"), "ascii")
    assert connected(folder) == HttpRelay("http://127.0.0.1:1/submissions", SECRET)
    key.chmod(0o644)
    with pytest.raises(RelayFileRefused, match="open to others"):
        connected(folder)
    key.chmod(0o600)
    for wrong in (said.format("http://example.invalid/x"), "url = 1", "=", 'url = "https://x"'):
        (folder / FILE).write_text(wrong, "ascii")
        with pytest.raises(RelayFileRefused):
            connected(folder)


def test_an_access_names_what_was_said() -> None:
    west, east = Hospital(), Hospital()
    referral = sent(west, east)
    access = west.doctor()
    services.state(access, referral.id, *ALL[0])
    assert services.STATEMENT in {one.kind for one in access.objects}
    assert access.patients == [referral.patient]
