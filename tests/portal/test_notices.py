"""A citizen reads what they were told, chooses how, and asks about accesses they do not know of."""

import re
from uuid import UUID, uuid4

from django.db import transaction
from django.test import Client

from naru.audit.models import Record
from naru.demo.story import Story
from naru.domain.caller import Role
from naru.exchange import identify, notices
from naru.exchange.access import Access
from naru.exchange.audit import crossings
from naru.notifications import queries
from naru.notifications.queries import Wish
from naru.notifications.recipients import Recipient
from naru.notifications.services import notify
from naru.ui.clock import now
from tests.staging import looking_as, receiver_looks

WORDS = {"institution": "푸른대학교병원", "day": "2026-11-20"}


def told_of(patient: UUID, kind: str = "first-access") -> None:
    with transaction.atomic():
        notify(kind, Recipient.patient(patient), WORDS, key=str(uuid4()))


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    told = answer.content.decode()
    return told[told.index("<main") :]  # Around it a demo offers all its people by name.


def records() -> int:
    return Record.objects.count()


def test_a_notice_is_new_until_it_is_read(told: Story) -> None:
    client = looking_as(told.patient)
    told_of(told.patient)
    shown = page(client, "/portal/notices")
    assert "읽지 않은 알림이 1건 있습니다" in shown
    assert "푸른대학교병원에서 2026-11-20에 처음으로 기록을 보았습니다" in shown

    (notice,) = re.findall(r'name="notice" value="([0-9a-f-]{36})"', shown)
    assert client.post("/portal/notices/read", {"notice": notice}).status_code == 302

    assert "새 알림이 없습니다" in page(client, "/portal/notices")


def test_nobody_reads_another_s_notice(told: Story) -> None:
    told_of(other := uuid4())
    (notice,) = queries.inbox([Recipient.patient(other)], language="ko")
    client = looking_as(told.patient)

    assert "푸른대학교병원" not in page(client, "/portal/notices")
    assert client.post("/portal/notices/read", {"notice": notice.notice}).status_code == 404
    assert queries.unread([Recipient.patient(other)]) == 1


def test_preferences_are_kept_and_what_protects_cannot_be_turned_off(told: Story) -> None:
    client = looking_as(told.patient)
    kept = {"language": "en", "first": "sms", "kind-first-access": "digest"}
    assert client.post("/portal/notices/preferences", kept).status_code == 302
    assert queries.manner(told.patient) == ("en", "sms")
    assert queries.wishes(told.patient)["first-access"] is Wish.DIGEST
    assert 'value="digest" selected' in page(client, "/portal/notices")

    for bad in (
        {"kind-emergency-access": "off"},
        {"kind-nothing": "off"},
        {"kind-first-access": "never"},
        {"first": "pigeon"},
        {"language": "xx"},
    ):
        assert client.post("/portal/notices/preferences", kept | bad).status_code == 404
    assert queries.wishes(told.patient)["first-access"] is Wish.DIGEST
    assert queries.manner(told.patient) == ("en", "sms")


def test_one_press_gathers_all_that_may_be_gathered_and_another_sends_it_at_once(
    told: Story,
) -> None:
    client, patient = looking_as(told.patient), told.patient
    before = queries.wishes(patient)
    optional = {kind for kind in before if notices.KINDS[kind].optional}
    first, *_ = sorted(optional)
    client.post("/portal/notices/preferences", {"language": "ko", f"kind-{first}": "off"})

    pressed = client.post("/portal/notices/all", {"wish": "digest"})

    assert pressed.status_code == 302
    wishes = queries.wishes(patient)
    assert wishes.pop(first) is Wish.OFF  # What was turned off stays so.
    gathered = {kind for kind, wish in wishes.items() if wish is Wish.DIGEST}
    assert gathered == optional - {first}
    assert gathered < wishes.keys()  # What protects comes at once still.
    shown = page(client, "/portal/notices")
    assert 'value="digest" aria-pressed="true"' in shown
    assert 'value="at-once" aria-pressed="false"' in shown
    client.post("/portal/notices/all", {"wish": "at-once"})
    assert Wish.DIGEST not in queries.wishes(patient).values()
    for bad in ("off", "never", ""):
        assert client.post("/portal/notices/all", {"wish": bad}).status_code == 404


def test_each_request_to_these_pages_leaves_one_record(told: Story) -> None:
    client = looking_as(told.patient)
    told_of(told.patient)
    for path in ("/portal/notices", "/portal/accesses"):
        before = records()
        page(client, path)
        assert records() == before + 1
    for path, form in (
        ("/portal/notices/preferences", {"language": "ko", "first": ""}),
        ("/portal/notices/preferences", {"language": "xx", "first": ""}),
        ("/portal/notices/all", {"wish": "at-once"}),
        ("/portal/notices/all", {"wish": "off"}),
        ("/portal/notices/read", {"notice": str(uuid4())}),
        ("/portal/accesses/question", {"record": str(uuid4())}),
    ):
        before = records()
        client.post(path, form)
        assert records() == before + 1, path


def test_who_saw_what_says_as_what_for_what_and_why_it_was_shown(told: Story) -> None:
    client = looking_as(told.patient)
    receiver_looks(told)

    shown = page(client, "/portal/accesses")

    assert "푸른대학교병원</h3>" in shown
    assert "의료인" in shown
    assert "목적: 진료" in shown
    assert "기록을 찾았지만" in shown or "보려 했지만" in shown


def test_an_access_is_questioned_once_and_its_institution_is_told(told: Story) -> None:
    client = looking_as(told.patient)
    receiver_looks(told)
    shown = page(client, "/portal/accesses")
    record = re.findall(r'name="record" value="([0-9a-f-]{36})"', shown)[0]

    for _ in range(2):
        assert client.post("/portal/accesses/question", {"record": record}).status_code == 302

    officer = Recipient.at_institution(told.receiver, Role.PRIVACY_OFFICER)
    assert len(queries.inbox([officer], language="ko")) == 1
    assert "문의를 보냈습니다" in page(client, "/portal/accesses")
    stranger = looking_as(uuid4())
    assert stranger.post("/portal/accesses/question", {"record": record}).status_code == 404


def test_others_accesses_are_found_behind_many_looks_of_one_s_own(told: Story) -> None:
    client = looking_as(told.patient)
    receiver_looks(told)
    me = identify.patient(told.patient, address="")
    for _ in range(110):
        crossings.of_patient(Access(transaction="own records", caller=me, time=now()), told.patient)

    assert "푸른대학교병원</h3>" in page(client, "/portal/accesses")


def test_older_accesses_are_on_the_next_page(told: Story) -> None:
    client = looking_as(told.patient)
    for _ in range(33):
        receiver_looks(told)

    first = page(client, "/portal/accesses")
    (older,) = re.findall(r'href="\?before=([0-9a-f-]{36})"', first)
    second = page(client, f"/portal/accesses?before={older}")

    assert (first.count("<h3>"), second.count("<h3>")) == (30, 3)
    assert client.get("/portal/accesses?before=x").status_code == 404
