"""The page of code tables: what is loaded, and the search for people."""

from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from naru.audit.models import Record
from naru.console import upload_views
from naru.demo import stage, terms
from naru.demo.story import Story
from naru.domain.terminology import Standing, System, code_system
from naru.node import releases
from naru.terminology import mapping, queries, uploads
from naru.terminology.errors import UploadTaken
from naru.terminology.models import Upload
from naru.ui.clock import now
from tests.staging import looking_as

PAGE = "/console/terminology"


def test_an_operator_sees_what_is_loaded_and_finds_terms(told: Story) -> None:
    stage.load_terms(now())
    client = looking_as(told.patient)
    before = Record.objects.count()
    page = client.get(PAGE).content.decode()
    assert "보건의료용어표준" in page
    assert "TEST-1" in page
    assert Record.objects.count() == before + 1
    code, _, term = terms.files(stage.TERMS)["kostom.csv"]().splitlines()[1].split(",")[:3]
    assert term
    found = client.get(PAGE, {"q": term[:-1]}).content.decode()
    assert term in found
    assert code in found
    assert Record.objects.count() == before + 2


def test_the_demo_knows_drugs_acts_and_what_became_of_a_code_of_the_eighth(told: Story) -> None:
    stage.load_terms(now())
    made, on = terms.files(stage.TERMS), date(2026, 6, 1)
    for system in (System.KD, System.EDI_PROCEDURE):
        code = made[f"{system}.csv"]().splitlines()[1].split(",")[0]
        assert queries.validate(system, code, on).standing is Standing.VALID
    assert queries.validate(System.KD, "TEST-M01", on).standing is Standing.VALID
    source, target, _ = made["kcd-8-to-kcd-9.csv"]().splitlines()[1].split(",")
    (found,) = mapping.translate(System.KCD_8, source, System.KCD_9, on=on)
    assert found.target_code == code_system(System.KCD_9).canonical(target)


def test_what_finds_nothing_or_is_too_long_is_said(told: Story) -> None:
    client = looking_as(told.patient)
    assert "찾은 용어가 없습니다" in client.get(PAGE, {"q": "<script>%_"}).content.decode()
    answer = client.get(PAGE, {"q": "a" * 600})
    assert answer.status_code == 200
    assert "용어보다 긴 말" in answer.content.decode()


def _form(content: bytes, **changed: str) -> dict[str, object]:
    file = SimpleUploadedFile("release.csv", content, "text/csv")
    return {"system": "kd", "version": "TEST-9", "since": "2026-01-01", "file": file, **changed}


def _records_of(client: Client, method: str, path: str, form: dict[str, object]) -> tuple[Any, int]:
    before = Record.objects.count()
    return getattr(client, method)(path, form), Record.objects.count() - before


ROWS = ("code,korean", "TEST-1000000000001,가짜약 하나", "TEST-1000000000002,가짜약", "\x07,고장")
RELEASE = "\n".join(ROWS).encode()


def test_a_file_is_looked_at_then_loaded_once(told: Story) -> None:
    client = looking_as(told.patient)
    answer, records = _records_of(client, "post", f"{PAGE}/check", _form(RELEASE))
    assert (answer.status_code, records) == (302, 1)
    where = answer.headers["Location"]
    assert client.post(f"{PAGE}/check", _form(RELEASE)).headers["Location"] == where
    shown, records = _records_of(client, "get", where, {})
    assert records == 1
    text = shown.content.decode()
    assert "받지 않은 줄 1개" in text
    assert "4번째 줄" in text
    assert '<dt>새로</dt><dd class="num">2</dd>' in text
    assert not releases.load_next(), "nobody has agreed yet"
    refused, records = _records_of(client, "post", f"{where}/load", {})
    assert (refused.status_code, records) == (422, 1)
    for _ in range(2):
        assert client.post(f"{where}/load", {"agreed": "yes"}).status_code == 302
    assert "progress" in client.get(where).content.decode()
    before = Record.objects.count()
    assert releases.load_next()
    assert not releases.load_next()
    assert Record.objects.count() == before + 1
    assert "올렸습니다" in client.get(where).content.decode()
    assert "TEST-1000000000002" in client.get(PAGE, {"q": "가짜약"}).content.decode()
    assert client.post(f"{where}/load", {"agreed": "yes"}).status_code == 302
    assert not releases.load_next()
    again = client.post(f"{PAGE}/check", _form(RELEASE)).headers["Location"]
    assert "달라지는 것이 없습니다" in client.get(again).content.decode()


def test_a_form_that_is_wrong_says_where(told: Story) -> None:
    client = looking_as(told.patient)
    wrong = {"system": "none", "version": " ", "since": "soon"}
    answer, records = _records_of(client, "post", f"{PAGE}/check", _form(RELEASE, **wrong))
    assert (answer.status_code, records) == (422, 1)
    text = answer.content.decode()
    for name in wrong:
        assert f'id="{name}-error"' in text
    for content in (b"\xff\xff\xff", b"PK\x03\x04nothing", b"name\nx\n"):
        answer, records = _records_of(client, "post", f"{PAGE}/check", _form(content))
        assert (answer.status_code, records) == (422, 1)
        assert 'id="file-error"' in answer.content.decode()


def test_a_file_above_the_usual_size_comes_in_and_one_too_large_does_not(told: Story) -> None:
    client = looking_as(told.patient)
    rows = b"".join(b"TEST-%013d,%s\n" % (one, b"x" * 400) for one in range(8_000))
    assert len(rows) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    answer = client.post(f"{PAGE}/check", _form(b"code,korean\n" + rows))
    assert answer.status_code == 302
    with patch.object(upload_views, "LARGEST", 1_000):
        answer, records = _records_of(client, "post", f"{PAGE}/check", _form(rows))
    assert (answer.status_code, records) == (413, 1)
    assert "32 MiB" in answer.content.decode()


def test_a_file_comes_from_our_own_page_alone(told: Story) -> None:
    session = looking_as(told.patient).cookies
    client = Client(enforce_csrf_checks=True)
    client.cookies = session
    assert client.post(f"{PAGE}/check", _form(RELEASE)).status_code == 403
    assert not Upload.objects.exists()


def test_a_load_that_breaks_off_is_gone_on_with_and_in_the_end_given_up(told: Story) -> None:
    client = looking_as(told.patient)
    where = client.post(f"{PAGE}/check", _form(RELEASE)).headers["Location"]
    client.post(f"{where}/load", {"agreed": "yes"})
    at = now()
    first = uploads.take(at)
    assert first is not None
    assert uploads.take(at) is None, "it is held"
    second = uploads.take(at + uploads.HOLD)
    assert second is not None
    with pytest.raises(UploadTaken):
        uploads.tell(first, 1, 2)
    uploads.tell(second, 1, 2)
    assert uploads.take(at + 3 * uploads.HOLD) is not None
    assert uploads.take(at + 5 * uploads.HOLD) is None
    assert "올리지 못했습니다" in client.get(where).content.decode()
    assert bytes(Upload.objects.get().content) == b""
