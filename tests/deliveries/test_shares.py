"""A link is opened by whoever holds it and its passcode, as often and long as its patient said."""

import base64
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from joserfc import jwe
from joserfc.jwk import OctKey

from naru.accounts import attempts
from naru.audit.models import Record
from naru.deliveries import sharing
from naru.deliveries.models import Share
from naru.deliveries.values import MOST_WRONG
from naru.formats.fhir.json import from_json
from naru.formats.fhir.validation import check
from naru.notifications import queries as notices
from naru.notifications.recipients import Recipient
from naru.ui.clock import now
from tests.deliveries.conftest import CONTENT, Place
from tests.staging import looking_as

CODE = re.compile(r'<dd class="code">([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})<')
PASSCODE = re.compile(r'<dd class="code">(\d{6})<')
LINK = re.compile(r"shlink:/([A-Za-z0-9_-]+)")


class Made:
    """A link as its patient sees it."""

    def __init__(self, place: Place, **more: object) -> None:
        self.place = place
        self.form = {
            "document": [one.unique_id for one in place.documents],
            "hours": "24",
            "times": "3",
            "once": str(uuid4()),
            **more,
        }
        answer = place.citizen.post("/portal/shares/new", self.form)
        assert answer.status_code == 302, answer.content.decode()
        self.where = answer.headers["Location"]
        page = self.page()
        self.code = CODE.search(page)[1]
        found = PASSCODE.search(page)
        self.passcode = found[1] if found else ""
        coded = LINK.search(page)[1]
        self.link = f"shlink:/{coded}"
        self.payload = json.loads(base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)))
        self.path = "/" + self.payload["url"].split("/", 3)[3]

    def page(self) -> str:
        answer = self.place.citizen.get(self.where)
        assert answer.status_code == 200
        return answer.content.decode()

    def opened_by(self, said: str, passcode: str | None = None) -> tuple[int, str]:
        """A person at the page."""
        form = {
            "link": said,
            "passcode": self.passcode if passcode is None else passcode,
            "recipient": "시험약국",
        }
        answer = Client().post("/shared", form)
        return answer.status_code, answer.content.decode()

    def manifest(self, **more: object) -> object:
        """An app."""
        asked = {"recipient": "Test app", "passcode": self.passcode, **more}
        return Client().post(self.path, json.dumps(asked), content_type="application/json")

    def read(self, token: str) -> dict[str, object]:
        """What an encrypted file holds, read by a library of others."""
        key = OctKey.import_key(base64.urlsafe_b64decode(self.payload["key"] + "="))
        found = jwe.decrypt_compact(token, key, algorithms=["dir", "A256GCM"])
        assert found.headers() == {
            "alg": "dir",
            "enc": "A256GCM",
            "cty": "application/fhir+json;fhirVersion=4.0.1",
        }
        return json.loads(found.plaintext)


def documents_of(bundle: dict[str, object]) -> list[bytes]:
    check(from_json(json.dumps(bundle).encode()), "Bundle")
    return [
        base64.b64decode(one["resource"]["data"])
        for one in bundle["entry"]
        if one["resource"]["resourceType"] == "Binary"
    ]


def test_an_app_fetches_the_manifest_and_reads_the_file_by_a_library_of_others(
    place: Place,
) -> None:
    made = Made(place)
    assert made.payload["flag"] == "P"
    assert len(made.payload["url"]) <= 128
    assert made.payload["exp"] > now().timestamp()

    answer = made.manifest()

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told = answer.json()
    assert told["status"] == "finalized"
    (file,) = told["files"]
    assert documents_of(made.read(file["embedded"])) == [CONTENT, CONTENT]
    assert "Test app" in made.page()


def test_what_is_too_long_to_be_embedded_is_fetched_once_within_the_hour(place: Place) -> None:
    made = Made(place)
    (file,) = made.manifest(embeddedLengthMax=10).json()["files"]
    assert "embedded" not in file
    where = "/" + file["location"].split("/", 3)[3]

    answer = Client().get(where)

    assert answer.headers["Content-Type"] == "application/jose"
    assert documents_of(made.read(answer.content.decode())) == [CONTENT, CONTENT]
    assert Client().get(where).status_code == 404
    (file,) = made.manifest(embeddedLengthMax=10).json()["files"]
    place.citizen.post(f"{made.where}/revoke")
    assert Client().get("/" + file["location"].split("/", 3)[3]).status_code == 404


def test_a_link_without_passcode_is_fetched_as_one_file(place: Place) -> None:
    made = Made(place, open="yes")
    assert (made.payload["flag"], made.passcode) == ("U", "")

    assert Client().get(made.path).status_code == 400
    answer = Client().get(made.path, {"recipient": "Test app"})

    assert documents_of(made.read(answer.content.decode())) == [CONTENT, CONTENT]


@pytest.mark.parametrize("by", ["link", "code"])
def test_a_person_opens_it_by_link_or_code_and_the_patient_is_told_by_whom(
    place: Place, by: str
) -> None:
    made = Made(place)

    status, page = made.opened_by(getattr(made, by))

    assert status == 200
    assert "공유받은 기록입니다" in page
    assert "<form" not in page[page.index("<main") : page.index("</main>")]  # Nothing to change.
    shown = made.page()
    assert "시험약국" in shown
    assert "3번 중 1번 열림" in shown
    told = notices.inbox([Recipient.patient(place.patient.key)], language="ko")
    assert any("공유한 기록을 누가 열었습니다" in one.title for one in told)
    assert "시험약국" not in place.citizen.get("/portal/accesses").content.decode()


def test_it_opens_as_often_as_its_patient_said_however_many_ask_at_once(place: Place) -> None:
    made = Made(place, times="1")

    def ask(_: int) -> int:
        try:
            return int(made.manifest().status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(ask, range(4)))

    assert found == [200, 404, 404, 404]
    assert made.opened_by(made.code)[0] == 422
    assert "정한 횟수만큼 열렸습니다" in place.citizen.get(made.where).content.decode()


def test_wrong_passcodes_are_counted_and_close_it_for_good(place: Place) -> None:
    made = Made(place)
    wrong = "000000" if made.passcode != "000000" else "111111"

    left = [made.manifest(passcode=wrong) for _ in range(MOST_WRONG)]

    assert [one.status_code for one in left] == [401] * MOST_WRONG
    told = [one.json()["remainingAttempts"] for one in left]
    assert told == list(reversed(range(MOST_WRONG)))
    assert made.manifest().status_code == 404
    assert made.opened_by(made.link)[0] == 422
    assert "암호가 여러 번 틀려서 닫혔습니다" in place.citizen.get(made.where).content.decode()


def test_what_is_over_taken_back_or_never_was_is_answered_alike(place: Place) -> None:
    taken, over = Made(place), Made(place)
    place.citizen.post(f"{taken.where}/revoke")
    Share.objects.filter(share=over.where.rpartition("/")[2]).update(
        until=now() - timedelta(seconds=1)
    )
    never = f"/shl/{'A' * 43}"
    asked = {"recipient": "Test app", "passcode": taken.passcode}
    answers = [
        Client().post(path, json.dumps(asked), content_type="application/json")
        for path in (taken.path, over.path, never)
    ]
    assert {(one.status_code, one.content) for one in answers} == {(404, b"")}
    pages = {
        re.sub(r'(value|csrfmiddlewaretoken" value)="[^"]*"', "", page)
        for page in (
            taken.opened_by(taken.code)[1],
            over.opened_by(over.code)[1],
            over.opened_by("AAAA-BBBB-CCCC")[1],
        )
    }
    assert len(pages) == 1


def test_many_guesses_from_one_place_have_to_wait(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "FREE_AT_A_PLACE", 3)
    made, found = Made(place), set()
    for _ in range(6):
        form = {"link": "AAAA-BBBB-CCCC", "passcode": "1", "recipient": "x"}
        found.add(Client().post("/shared", form).content.decode().count("여러 번 틀렸습니다"))
    assert found == {0, 1}
    assert made.manifest().status_code == 429


def test_bad_links_and_requests_are_refused_in_words(place: Place) -> None:
    made = Made(place)
    for bad in ("shlink:/x", "shlink:/" + "A" * 5000, "", "가" * 10_000, "shlink:/e30"):
        status, page = made.opened_by(bad)
        assert status == 422
        assert 'role="alert"' in page
    for body in (b"", b"[]", b"{}", b'{"recipient":" "}', b"\xff", b"[" * 10_000):
        answer = Client().post(made.path, body, content_type="application/json")
        assert answer.status_code == 400
    assert "0번 열림" in made.page()


def test_nobody_sees_or_takes_back_another_s_link_nor_shares_what_is_not_theirs(
    place: Place,
) -> None:
    made = Made(place)
    other = place.hospital.patient()
    stranger = looking_as(other.key)

    assert stranger.get(made.where).status_code == 404
    assert stranger.post(f"{made.where}/revoke").status_code == 404
    assert (
        stranger.post("/portal/shares/new", {**made.form, "once": str(uuid4())}).status_code == 422
    )
    for bad in ({"hours": "9999"}, {"times": "x"}, {"document": []}, {"once": ""}):
        answer = place.citizen.post("/portal/shares/new", made.form | bad)
        assert answer.status_code == 422, bad
    assert Share.objects.count() == 1


def test_one_form_makes_one_link(place: Place) -> None:
    made = Made(place)
    again = place.citizen.post("/portal/shares/new", made.form)
    assert again.headers["Location"] == made.where


def test_nothing_that_opens_it_is_kept_readable(place: Place) -> None:
    made = Made(place)
    row = Share.objects.values().get()
    kept = repr(row)
    for secret in (made.payload["key"], made.code, made.path.rpartition("/")[2]):
        assert secret not in kept
    assert "김나루" not in made.link + json.dumps(made.payload)


def test_each_request_leaves_one_record_that_names_no_holder_as_the_patient(place: Place) -> None:
    made = Made(place)
    asked = [
        made.manifest,
        lambda: made.manifest(passcode="x"),
        lambda: made.opened_by(made.code),
        lambda: Client().get("/shared"),
        lambda: Client().get("/shl/x"),
        lambda: Client().get("/shl/file/x"),
        lambda: place.citizen.get("/portal/shares/new"),
        lambda: place.citizen.get(made.where),
        lambda: place.citizen.post(f"{made.where}/revoke"),
    ]
    for number, ask in enumerate(asked):
        before = Record.objects.count()
        ask()
        assert Record.objects.count() == before + 1, number
    shown = place.citizen.get("/portal/accesses").content.decode()
    assert "링크를 가진 사람" in shown
    assert sharing.SHARE not in shown
