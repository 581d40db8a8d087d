"""A document on the clinician's page and on its patient's own, and as a file of both."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from naru.audit.models import Record
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.ui.clock import now
from tests.acting import citizen, node, staff
from tests.exchange.hospitals import Hospital, Patient
from tests.formats.cda.show.pages import document

pytestmark = pytest.mark.django_db(transaction=True)

REFERRAL = document("<table><tr><th>약</th><td>아스피린 &lt;b&gt;</td></tr></table>", header="")
EMBEDDED = (
    document()
    .decode()
    .replace(
        "<structuredBody></structuredBody>",
        '<nonXMLBody><text mediaType="application/pdf" representation="B64">'
        f"{b64encode(b'%PDF-1.7 x').decode()}</text></nonXMLBody>",
    )
    .encode()
)

Look = Callable[[bytes], "Page"]


class Page:
    """A browser, and what it asks for to open the document."""

    def __init__(self, client: Client, path: str, asked: dict[str, str]) -> None:
        self.client, self.path, self.asked = client, path, asked

    def text(self) -> str:
        answer = self.client.post(self.path, self.asked)
        assert answer.status_code == 200
        return str(answer.content.decode())

    def file(self, form: str) -> "tuple[int, bytes, str]":
        answer = self.client.post(self.path, {**self.asked, "as": form, "why": "treatment"})
        return answer.status_code, answer.content, answer.headers["Content-Type"]


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def _sent(content: bytes) -> "tuple[Patient, Hospital, dict[str, str]]":
    here = Hospital()
    patient = here.patient()
    patient.consents()
    sent = here.sends(patient, day=korean_day(now()), content=content)
    return patient, here, {"repository": here.repository, "document": sent.unique_id}


def clinics(content: bytes) -> Page:
    patient, here, asked = _sent(content)
    return Page(staff(Role.DOCTOR, here.id, "이의사", patient.key), "/clinic/open", asked)


def patients(content: bytes) -> Page:
    patient, _here, asked = _sent(content)
    return Page(citizen("김하늘", patient.key), "/portal/document", asked)


BOTH = pytest.mark.parametrize("look", [clinics, patients])


@BOTH
def test_a_document_stands_on_the_page_with_its_files_and_leaves_one_record(look: Look) -> None:
    page = look(REFERRAL)
    before = Record.objects.count()
    text = page.text()
    assert Record.objects.count() == before + 1
    assert "<td>아스피린 &lt;b&gt;</td>" in text
    assert 'href="/static/cda/document.css' in text
    assert re.findall(r'name="as" value="(\w+)"', text) == ["original", "pdf"]
    assert page.file("original")[1:] == (REFERRAL, "text/xml")
    status, printed, media_type = page.file("pdf")
    assert (status, media_type) == (200, "application/pdf")
    assert printed.startswith(b"%PDF-1.7")


@BOTH
def test_what_was_written_elsewhere_is_kept_as_a_file_and_never_run_by_a_browser(
    look: Look,
) -> None:
    page = look(EMBEDDED)
    answer = page.client.post(page.path, {**page.asked, "as": "attachment", "why": "treatment"})
    assert answer.content == b"%PDF-1.7 x"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="document.pdf"'
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert "들어 있는 파일 내려받기" in page.text()
    assert page.file("attachment")[0] == 200
    assert page.file("other")[0] == 404


def test_half_a_document_is_shown_under_a_banner() -> None:
    text = clinics(REFERRAL[: REFERRAL.index(b"</table>")]).text()
    assert "온전하지 않습니다" in text
    assert "아스피린" in text


@BOTH
def test_what_is_no_cda_is_handed_out_only(look: Look) -> None:
    page = look(b"\x00\x01")
    assert "보여 줄 수 없는 형식입니다" in page.text()
    assert page.file("original")[1] == b"\x00\x01"
    assert page.file("pdf")[0] == 404


@BOTH
def test_what_is_not_there_is_told_in_the_constant_words_and_handed_out_to_nobody(
    look: Look,
) -> None:
    page = look(REFERRAL)
    page.asked["document"] = "2.25.1"
    assert "볼 수 있는 기록이 없습니다" in page.text()
    assert page.file("original")[0] == 404


def test_nobody_opens_another_persons_document() -> None:
    page = patients(REFERRAL)
    other = patients(REFERRAL)
    page.asked = other.asked
    assert "볼 수 있는 기록이 없습니다" in page.text()
    assert page.file("original")[0] == 404
