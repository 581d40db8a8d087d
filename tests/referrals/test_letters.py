"""A letter outside the exchange opens once, by its code, and is told of."""

from dataclasses import replace

import pytest

from naru.accounts import attempts
from naru.accounts.errors import TooSoon
from naru.domain.referral_states import State
from naru.exchange import identify
from naru.exchange.access import Access
from naru.notifications import models as notifications
from naru.referrals import letters, models, queries, tasks
from naru.referrals.errors import AlreadySent, LetterClosed
from naru.referrals.letters import Printed
from naru.referrals.policy import policy
from tests.referrals.hospitals import PAPERS, Hospital, draft

pytestmark = pytest.mark.django_db(transaction=True)


def bearer(west: Hospital) -> Access:
    return replace(west.doctor(), caller=identify.stranger(address=""))


def printed(west: Hospital) -> Printed:
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    return letters.write(west.doctor(), draft(west, None, patient, "상세불명의 흉통"))


def test_a_letter_opens_once_as_its_paper_says_and_the_patient_is_told() -> None:
    west = Hospital()
    letter = printed(west)

    referral, octets = letters.open_letter(
        bearer(west), letter.referral.number, letter.code.lower().replace("-", " ")
    )

    assert referral.state is State.COMPLETED
    read = PAPERS.read(octets)
    assert read is not None
    assert [one.name for one in read.content.diagnoses] == ["상세불명의 흉통"]
    assert notifications.Notice.objects.filter(kind="referral-opened").count() == 1
    row = models.Letter.objects.get(referral__number=referral.number)
    assert row.content is None
    with pytest.raises(LetterClosed):
        letters.open_letter(bearer(west), letter.referral.number, letter.code)


def test_wrong_codes_are_counted_and_too_many_close_it() -> None:
    west = Hospital()
    letter = printed(west)
    number = letter.referral.number
    for _ in range(policy().letter_attempts):
        with pytest.raises(LetterClosed):
            letters.open_letter(bearer(west), number, "AAAA-BBBB-CCCC")

    with pytest.raises(LetterClosed):
        letters.open_letter(bearer(west), number, letter.code)
    assert models.Letter.objects.get(referral__number=number).attempts == policy().letter_attempts


def test_a_letter_of_which_the_time_is_over_opens_no_more_and_is_kept_no_more() -> None:
    west = Hospital()
    letter = printed(west)
    late = replace(bearer(west), time=letter.referral.until)
    with pytest.raises(LetterClosed):
        letters.open_letter(late, letter.referral.number, letter.code)

    assert tasks.expire(letter.referral.until) == 1
    assert models.Letter.objects.get(referral__number=letter.referral.number).content is None


def test_a_letter_s_form_makes_one_letter_and_its_code_is_told_once() -> None:
    west = Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    made = draft(west, None, patient, "상세불명의 흉통")
    letter = letters.write(west.doctor(), made)

    with pytest.raises(AlreadySent) as again:
        letters.write(west.doctor(), made)

    assert again.value.referral == letter.referral.id
    assert len(queries.outbox(west.id)) == 1
    stored = models.Letter.objects.get(referral__number=letter.referral.number)
    assert letter.code.encode() not in bytes(stored.token)


@pytest.mark.parametrize("number", ["", "000000-000000", "' OR 1=1", "가" * 1000])
def test_a_number_that_is_nobody_s_opens_nothing(number: str) -> None:
    with pytest.raises(LetterClosed):
        letters.open_letter(bearer(Hospital()), number, "AAAA-BBBB-CCCC")


def test_whoever_tries_many_numbers_waits_before_they_close_many_letters() -> None:
    west = Hospital()
    letter = printed(west)
    guesser = replace(bearer(west), caller=identify.stranger(address="203.0.113.7"))
    for number in range(attempts.FREE_AT_A_PLACE + 1):
        with pytest.raises(LetterClosed):
            letters.open_letter(guesser, f"261122-{number:06}", "AAAA-BBBB-CCCC")

    with pytest.raises(TooSoon):
        letters.open_letter(guesser, letter.referral.number, "AAAA-BBBB-CCCC")

    assert models.Letter.objects.get(referral__number=letter.referral.number).attempts == 0
    referral, _ = letters.open_letter(bearer(west), letter.referral.number, letter.code)
    assert referral.state is State.COMPLETED
