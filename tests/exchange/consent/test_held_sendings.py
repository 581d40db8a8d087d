"""A sending that nobody opened when the consent ended: held, and told once to both sides."""

from datetime import UTC, datetime, timedelta

from naru.domain.caller import Role
from naru.domain.xds import DocumentEntry, DocumentRequest
from naru.exchange.consent import held_sendings
from naru.exchange.consent import page_acts as consent_acts
from naru.exchange.documents.retrieve import retrieve
from naru.notifications.queries import Recipient, inbox
from tests.exchange.consent.test_page_acts import NEEDED, by, consents, saying
from tests.exchange.hospitals import TODAY, Hospital, Patient

AFTER = datetime(TODAY.year, TODAY.month, TODAY.day, 3, tzinfo=UTC) + timedelta(days=2)


def told(hospital: Hospital) -> list[str]:
    """What the coordinators of referrals were told, the latest first."""
    coordinators = Recipient.at_institution(hospital.id, Role.REFERRAL_COORDINATOR)
    return [one.kind for one in inbox([coordinators], language="ko")]


def opens(hospital: Hospital, sent: DocumentEntry) -> bool:
    assert sent.repository_unique_id is not None
    request = DocumentRequest(
        repository_unique_id=sent.repository_unique_id, document_unique_id=sent.unique_id
    )
    answer = retrieve(hospital.access("ITI-43"), [request])
    for document in answer.documents:
        document.chunks.close()
    return bool(answer.documents)


def withdraws(patient: Patient) -> None:
    consent_acts.withdraw(by(patient), patient.key, saying())


def test_both_are_told_once_of_what_a_withdrawal_holds() -> None:
    a, b, c = Hospital(), Hospital(), Hospital()
    patient = a.patient()
    consents(patient)
    sent = a.sends(patient, b)

    withdraws(patient)
    assert (told(a), told(b), told(c)) == (["sending-held"], ["received-held"], [])
    assert not opens(b, sent)

    withdraws(patient)  # Said again: the same sending is no news.
    consents(patient)
    withdraws(patient)
    assert (told(a), told(b)) == (["sending-held"], ["received-held"])


def test_the_notices_name_the_other_side_and_nothing_of_the_patient() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    sent = a.sends(patient, b)
    withdraws(patient)

    coordinators = Recipient.at_institution(b.id, Role.REFERRAL_COORDINATOR)
    (notice,) = inbox([coordinators], language="ko")
    assert f"시험병원 {a.oid}" in notice.text
    for secret in ("김나루", patient.own.value, sent.unique_id):
        assert secret not in notice.text + notice.title


def test_what_was_opened_before_is_not_held() -> None:
    a, b, c = Hospital(), Hospital(), Hospital()
    patient = a.patient()
    consents(patient)
    sent = a.sends(patient, b, c)
    assert opens(b, sent)

    withdraws(patient)

    assert told(b) == []
    assert told(c) == ["received-held"]
    assert told(a) == ["sending-held"]  # To c alone.


def test_what_is_sent_after_the_end_goes_on() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    withdraws(patient)
    sent = a.sends(patient, b)

    assert opens(b, sent)
    assert told(b) == []


def test_the_last_day_of_a_consent_ends_it_too() -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    consent_acts.consent(by(patient), patient.key, saying(), boxes=NEEDED, until=TODAY)
    a.sends(patient, b)

    assert held_sendings.tell_of_last_days(AFTER - timedelta(days=2)) == 0
    assert told(b) == []
    assert held_sendings.tell_of_last_days(AFTER) == 1
    assert held_sendings.tell_of_last_days(AFTER) == 1
    assert (told(a), told(b)) == (["sending-held"], ["received-held"])
