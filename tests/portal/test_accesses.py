"""교류 이력 is the audit trail: row for row, page after page, and as a file."""

import csv
import io
import random
import re

from django.test import Client

from naru.audit.chain import read_body
from naru.audit.models import Record, RecordPatient
from naru.demo.story import Story
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.portal.tables import lines
from naru.ui.clock import now
from tests.staging import consents, looking_as, receiver_looks, withdraws

ROW = re.compile(r'href="/portal/accesses/([0-9a-f-]{36})"')


def trail(told: Story, *, own: bool) -> list[str]:
    """The audit's own rows about the patient, newest first."""
    about = RecordPatient.objects.filter(patient=told.patient).order_by("-record_id")
    rows = about.values_list("record__record", "record__body")
    bodies = [(str(record), read_body(bytes(body))) for record, body in rows]
    return [record for record, body in bodies if own or body.role is not Role.PATIENT]


def drawn(told: Story, client: Client, seed: int) -> None:
    """A history of looks, acts and refusals in an order that a seed draws."""
    rng = random.Random(seed)
    consents(client)
    doings = [
        lambda: receiver_looks(told),
        lambda: receiver_looks(told),
        lambda: client.get("/portal"),
        lambda: client.get("/portal/consent"),
        lambda: client.get("/portal/consent/part/nothing"),
    ]
    for _ in range(45):
        rng.choice(doings)()
    withdraws(client)
    receiver_looks(told)


def paged(client: Client, query: str) -> list[str]:
    seen: list[str] = []
    where: str | None = f"/portal/accesses?{query}"
    while where:
        page = client.get(where).content.decode()
        seen += ROW.findall(page)
        older = re.search(r'href="(\?[^"]*before=[0-9a-f-]+)"', page)
        where = f"/portal/accesses{older.group(1)}".replace("&amp;", "&") if older else None
    return seen


def rows_of(client: Client, query: str = "") -> list[list[str]]:
    answer = client.get(f"/portal/accesses/file?{query}")
    assert answer.status_code == 200
    told = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(told)))[1:]


def test_a_drawn_history_equals_the_audit_trail(told: Story) -> None:
    client = looking_as(told.patient)
    for seed in (7, 8):
        drawn(told, client, seed)

    others = trail(told, own=False)
    everything = trail(told, own=True)

    assert len(others) > 30
    assert len(everything) > len(others)
    assert [row[-1] for row in rows_of(client, "own=1")] == everything
    assert [row[-1] for row in rows_of(client)] == others
    assert paged(client, "") == others


def test_a_narrowed_history_is_that_part_of_it(told: Story) -> None:
    client = looking_as(told.patient)
    receiver_looks(told)
    today = f"{korean_day(now()):%Y-%m-%d}"

    assert paged(client, "kind=find") == trail(told, own=False)
    assert paged(client, "kind=emergency") == []
    assert paged(client, f"institution={told.receiver}&first={today}&last={today}")
    assert paged(client, f"institution={told.sender}&own=1") == []
    assert paged(client, "last=2001-01-01") == []
    assert (
        "이 조건에 맞는 일이 없습니다"
        in client.get("/portal/accesses?last=2001-01-01").content.decode()
    )


def test_what_no_form_sends_is_not_found(told: Story) -> None:
    client = looking_as(told.patient)

    for query in ("first=yesterday", "institution=x", "before=x"):
        assert client.get(f"/portal/accesses?{query}").status_code == 404


def test_the_proof_of_an_access_is_one_tap_away(told: Story) -> None:
    receiver_looks(told)
    client = looking_as(told.patient)
    (record,) = ROW.findall(client.get("/portal").content.decode())

    page = client.get(f"/portal/accesses/{record}").content.decode()

    assert f'감사 기록</dt><dd class="mono">{record}' in page
    assert "다시 계산해 일치함" in page
    assert "모르는 열람입니다" in page


def test_a_changed_record_is_seen_to_be_changed(told: Story) -> None:
    receiver_looks(told)
    (record,) = trail(told, own=False)
    row = Record.objects.get(record=record)
    Record.objects.filter(pk=row.pk).update(body=bytes(row.body) + b" ")

    page = looking_as(told.patient).get(f"/portal/accesses/{record}").content.decode()

    assert "일치하지 않음" in page


def test_anothers_access_is_not_there(told: Story) -> None:
    receiver_looks(told)
    (record,) = trail(told, own=False)
    stranger = looking_as(told.receiver)

    assert stranger.get(f"/portal/accesses/{record}").status_code in {403, 404}


def test_a_questioned_access_says_so_where_it_stands(told: Story) -> None:
    receiver_looks(told)
    client = looking_as(told.patient)
    (record,) = trail(told, own=False)

    answer = client.post("/portal/accesses/question", {"record": record})

    assert answer.headers["Location"] == f"/portal/accesses/{record}"
    assert "문의를 보냈습니다" in client.get("/portal").content.decode()
    assert "모르는 열람입니다" not in client.get(f"/portal/accesses/{record}").content.decode()


def test_a_cell_that_a_spreadsheet_would_reckon_is_told_as_text() -> None:
    assert "'=1+1" in "".join(lines([("=1+1", "a")]))
