"""What the citizen is shown is what the exchange has recorded."""

import re

from django.test import Client

from naru.audit.models import Record
from naru.demo.story import Story
from naru.exchange import crossings, identify, prove
from naru.exchange.access import Access
from naru.portal import acts, presenters
from naru.ui.clock import now
from tests.staging import consents, looking_as, read_text, receiver_looks, turns, withdraws


def recorded(told: Story) -> list[str]:
    caller = identify.patient(told.patient, address="")
    access = Access(transaction=acts.LOOK, caller=caller, time=now())
    shown = presenters.of_others(crossings.of_patient(access, told.patient, limit=1000))
    return [str(one.record) for one in shown]


def shown(client: Client) -> str:
    answer = client.get("/portal")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_is_what_the_exchange_recorded(told: Story) -> None:
    client = looking_as(told.patient)
    consents(client)
    receiver_looks(told)
    withdraws(client)

    records = re.findall(r'감사 기록</dt><dd class="mono">([0-9a-f-]{36})', shown(client))

    assert records == recorded(told)
    assert len(records) == 3


def test_looking_again_counts_and_does_not_lengthen_the_list(told: Story) -> None:
    for _ in range(3):
        receiver_looks(told)

    page = shown(looking_as(told.patient))

    assert page.count("푸른대학교병원</h3>") == 1
    assert "3회" in page


def test_nobody_has_looked_and_the_page_says_so(told: Story) -> None:
    page = shown(looking_as(told.patient))

    assert "기록을 본 곳이 없습니다" in page
    assert "아직 아무도 보지 않았습니다" in page
    assert "아직 동의하지 않으셨습니다" in page


def test_consenting_is_one_act(told: Story) -> None:
    client = looking_as(told.patient)

    consents(client)

    assert len(recorded(told)) == 1
    assert "켜짐" in shown(client)


def test_a_form_from_elsewhere_changes_nothing(told: Story) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = looking_as(told.patient).cookies

    assert client.post("/portal/consent/withdraw", read_text()).status_code == 403
    assert recorded(told) == []


def test_nobody_is_chosen_yet(told: Story) -> None:
    answer = Client().get("/portal")

    assert answer.status_code == 403
    assert "먼저 고르세요" in answer.content.decode()


def test_the_evidence_of_a_consent_is_a_link_and_a_receipt(told: Story) -> None:
    caller = identify.patient(told.patient, address="")
    turns(told, on=True)
    access = Access(transaction=acts.LOOK, caller=caller, time=now())
    newest = next(
        one for one in crossings.of_patient(access, told.patient) if one.transaction == acts.CONSENT
    )

    evidence = prove.evidence(newest)

    assert evidence.link is not None
    assert evidence.link.intact
    assert evidence.consent_act is not None
    assert len(evidence.receipts) == 1
    assert evidence.receipts[0].pending


def test_a_changed_record_is_seen_to_be_changed(told: Story) -> None:
    turns(told, on=True)
    row = next(one for one in Record.objects.all() if b'"consent"' in bytes(one.body))
    Record.objects.filter(pk=row.pk).update(body=bytes(row.body) + b" ")

    assert "일치하지 않음" in shown(looking_as(told.patient))


def test_every_access_is_reached_by_the_links(told: Story) -> None:
    client = looking_as(told.patient)
    for number in range(30):
        turns(told, on=not number % 2)
        receiver_looks(told)

    seen: list[str] = []
    where: str | None = "/portal"
    while where:
        page = client.get(where).content.decode()
        seen += re.findall(r'감사 기록</dt><dd class="mono">([0-9a-f-]{36})', page)
        older = re.search(r'href="(\?before=[0-9a-f-]+)"', page)
        where = f"/portal{older.group(1)}" if older else None

    assert seen == recorded(told)
    assert len(seen) == 60


def test_a_page_that_nobody_linked_to_is_not_found(told: Story) -> None:
    assert looking_as(told.patient).get("/portal?before=x").status_code == 404


def test_an_act_of_consent_says_what_it_was(told: Story) -> None:
    client = looking_as(told.patient)
    consents(client)
    withdraws(client)

    page = shown(client)

    assert page.index("교류 동의를 껐습니다.") < page.index("교류 동의를 켰습니다.")


def test_who_looked_is_named_in_english_too(told: Story) -> None:
    receiver_looks(told)
    client = looking_as(told.patient)
    client.post("/language", {"language": "en", "next": "/portal"})

    assert "Pureun University Hospital</h3>" in shown(client)
