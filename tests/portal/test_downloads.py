"""My record as files: whole, bounded, named, and each an access that the audit knows."""

import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from django.test import Client

from naru.audit.models import RecordPatient
from naru.domain.clinical import Content
from naru.portal.download_views import LOOK
from naru.viewer.zipped import File, file_name, size, zipped
from tests.acting import citizen, node
from tests.exchange.charts.test_past_history import DIABETES, sends, summary
from tests.exchange.hospitals import Hospital, Patient, now

pytestmark = pytest.mark.django_db(transaction=True)
FILE = "/portal/download/file"


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def recorded() -> tuple[Patient, Client, bytes]:
    here = Hospital()
    patient = here.patient()
    patient.consents()
    octets = summary(here, patient, Content(diagnoses=(DIABETES,)))
    sends(here, patient, octets)
    here.sends(patient, content=b"neither CDA nor anything else")
    return patient, citizen("김나루", patient.key), octets


def opened(client: Client, **form: str) -> tuple[zipfile.ZipFile, int | None]:
    answer = client.post(FILE, form)
    assert answer.status_code == 200
    octets = answer.getvalue()
    told = answer.headers.get("Content-Length")
    assert told is None or int(told) == len(octets)
    return zipfile.ZipFile(io.BytesIO(octets)), told


def test_all_originals_are_one_file_of_a_size_that_is_told_before() -> None:
    _patient, client, octets = recorded()

    files, told = opened(client, **{"as": "originals"})

    assert told is not None
    assert files.testzip() is None
    names = files.namelist()
    assert names[0] == "00 목록.csv"
    assert octets in [files.read(name) for name in names]
    assert len(names) == 3
    assert files.read(names[0]).decode("utf-8-sig").count("\r\n") == 2


def test_what_can_be_read_comes_as_pdf_and_the_rest_is_named() -> None:
    _patient, client, _octets = recorded()

    files, told = opened(client, **{"as": "papers", "part": "0"})

    assert told is None
    pdfs = [name for name in files.namelist() if name.endswith(".pdf")]
    assert len(pdfs) == 1
    assert files.read(pdfs[0]).startswith(b"%PDF-")
    assert "PDF로 만들 수 없는 문서.csv" in files.namelist()


def test_everything_comes_as_resources_and_as_a_summary() -> None:
    patient, client, _octets = recorded()

    bundle = json.loads(client.post(FILE, {"as": "fhir"}).content)
    ips = json.loads(client.post(FILE, {"as": "summary"}).content)

    kinds = [one["resource"]["resourceType"] for one in bundle["entry"]]
    assert bundle["type"] == "collection"
    assert kinds[0] == "Patient"
    assert "Condition" in kinds
    assert bundle["entry"][0]["resource"]["id"] == str(patient.key)
    assert ips["type"] == "document"


def test_each_download_is_one_access_that_names_its_documents() -> None:
    patient, client, _octets = recorded()
    about = RecordPatient.objects.filter(patient=patient.key)
    before = about.count()

    opened(client, **{"as": "originals"})

    assert about.count() == before + 1
    body = json.loads(bytes(about.latest("record_id").record.body))
    assert LOOK in str(body)


@pytest.mark.parametrize(
    "form", [{"as": "everything"}, {"as": "papers", "part": "x"}, {"as": "papers", "part": "200"}]
)
def test_what_no_form_sends_is_not_found(form: dict[str, str]) -> None:
    _patient, client, _octets = recorded()

    assert client.post(FILE, form).status_code == 404


def test_the_page_says_what_there_is() -> None:
    _patient, client, _octets = recorded()

    page = client.get("/portal/download").content.decode()

    assert "문서 2건을 내려받을 수 있습니다" in page
    assert "1–2번째 문서" in page


def test_a_hostile_name_is_a_file_of_this_folder() -> None:
    name = file_name("../../etc", "나루\x00의" + "가" * 10_000, ending="xml")

    assert "/" not in name
    assert len(name.encode()) < 256 + 50
    assert file_name("///", ending="xml") == "document.xml"


def test_the_size_is_known_before_the_first_octet() -> None:
    files = [("가나.xml", [b"1", b"22"]), ("b", [b""]), ("c.pdf", [b"x" * 70_000])]

    made = b"".join(zipped((File(*one) for one in files), at=now()))

    assert len(made) == size([(name, sum(map(len, chunks))) for name, chunks in files])
