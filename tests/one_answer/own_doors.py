"""What a patient keeps, reads and counts of their own record: downloads, results, accesses."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from zipfile import ZipFile

from django.test import Client

from naru.audit.models import RecordPatient
from tests.one_answer.adapters import Kind, Question, Told, adapter
from tests.one_answer.content_doors import all_that_stands, by_words, known_allergies, narrowed
from tests.one_answer.page_doors import citizen, own
from tests.one_answer.wire import Wire
from tests.one_answer.world import SINGLE, Thing

_COUNT = re.compile(r"<h1>문서 (\d+)건")
_NONE = "<h1>내려받을 문서가 없습니다"
_TEST = re.compile(r'<h2 id="test-\d+">([^<]+?) <(.*?)</section>', re.DOTALL)
_DAY = re.compile(r'<tr><td class="num whole">([0-9-]{10})<')
_ACCESS = re.compile(r'href="/portal/accesses/([0-9a-f-]{36})"')
_OLDER = re.compile(r'href="(\?[^"]*before=[0-9a-f-]+)"')
_TABLE = "00 목록.csv"


def visible(question: Question) -> list[Thing]:
    """All that may be seen and is current, narrowed or not."""
    sight = question.sight
    return [one for one in all_that_stands(question).documents if sight.sees(one)]


def opened_all(question: Question, contents: Iterable[bytes]) -> Told:
    """These octets were opened: all that may be seen, each once; the question's are told."""
    given = sorted(sha256(one).hexdigest() for one in contents)
    digests = {sha256(one.content).hexdigest(): one.unique_id for one in visible(question)}
    assert given == sorted(digests)
    asked = {one.unique_id for one in question.documents}
    return Told({id_: f"opened {one}" for one, id_ in digests.items() if id_ in asked})


def _kept(client: Client, form: str, **more: str) -> bytes:
    answer = client.post("/portal/download/file", {"as": form, **more})
    assert answer.status_code == 200
    return answer.getvalue()


def _files(octets: bytes) -> Mapping[str, bytes]:
    """What is in a ZIP, by its names."""
    with ZipFile(io.BytesIO(octets)) as whole:
        return {one: whole.read(one) for one in whole.namelist()}


@adapter(Kind.DOCUMENTS, "page portal-download", can=own)
def counted_to_keep(_wire: Wire, question: Question) -> Told:
    """The number of documents that there are to keep."""
    page = citizen(question).get("/portal/download").content.decode()
    found = _COUNT.search(page)
    assert (found is None) == (_NONE in page)
    told = visible(question)
    assert (int(found[1]) if found else 0) == len(told)
    return Told().seen(*({one.unique_id for one in told} & _asked(question)))


@adapter(Kind.DOCUMENTS, "page portal-download-file", can=own, opened=True)
def kept_as_written(_wire: Wire, question: Question) -> Told:
    """A ZIP of all octets, with a table of them."""
    files = dict(_files(_kept(citizen(question), "originals")))
    rows = csv.reader(io.StringIO(files.pop(_TABLE).decode("utf-8-sig")))
    assert files.keys() == {one[0] for one in rows}
    return opened_all(question, files.values())


@adapter(Kind.DOCUMENTS, "page portal-download-file", can=own)
def kept_as_papers(_wire: Wire, question: Question) -> Told:
    """A PDF of each: by name, since each is set anew."""
    found = _files(_kept(citizen(question), "papers", part="0"))
    assert all(one.startswith(b"%PDF-") for one in found.values())
    told = visible(question)
    assert len(found) == len(told)
    return Told().seen(*({one.unique_id for one in told} & _asked(question)))


@adapter(Kind.DOCUMENTS, "page portal-download-file", can=own)
def kept_as_resources(_wire: Wire, question: Question) -> Told:
    """Each document is the source of what it says."""
    entries = json.loads(_kept(citizen(question), "fhir"))["entry"]
    sources = {one["resource"].get("meta", {}).get("source", "") for one in entries}
    return narrowed(question, {one.removeprefix("urn:oid:") for one in sources if one})


@adapter(Kind.DOCUMENTS, "page portal-download-file", can=own)
def kept_as_summary(_wire: Wire, question: Question) -> Told:
    """The allergies of the International Patient Summary."""
    return narrowed(question, known_allergies(question, _kept(citizen(question), "summary")))


@adapter(Kind.DOCUMENTS, "page portal-results", can=own)
def results_of_tests(_wire: Wire, question: Question) -> Told:
    """Each document tells of a test of its own, and the single results are one test over time."""
    page = citizen(question).get("/portal/results").content.decode()
    tests = dict(_TEST.findall(page))
    single = [one for one in question.records if one.type == "Observation"]
    days = _DAY.findall(tests.pop(SINGLE, ""))
    assert sorted(days) == sorted({f"{one.day}" for one in single if question.sight.sees(one)})
    return narrowed(question, by_words(question, tests))


def _asked(question: Question) -> set[str]:
    return {one.unique_id for one in question.documents}


def _accesses(question: Question) -> list[str]:
    """What the audit itself has about the person, by whatever key, newest first."""
    keys = [one.key for one in question.world.members(question.patient)]
    rows = RecordPatient.objects.filter(patient__in=keys).order_by("-record_id")
    return list(dict.fromkeys(map(str, rows.values_list("record__record", flat=True))))


@adapter(Kind.TOLD, "page portal-accesses-file", can=own)
def accesses_as_a_table(_wire: Wire, question: Question) -> Told:
    """Exactly those of the audit, of all who are this person and of nobody else."""
    before = _accesses(question)
    octets = citizen(question).get("/portal/accesses/file?own=1").content
    rows = list(csv.reader(io.StringIO(octets.decode("utf-8-sig"))))[1:]
    assert [one[-1] for one in rows] == before
    return Told()


@adapter(Kind.TOLD, "page portal-accesses", "page portal-access", can=own)
def accesses_by_pages(_wire: Wire, question: Question) -> Told:
    """The same, page by page; of another's access there is none."""
    client, before = citizen(question), _accesses(question)
    found, where = list[str](), "/portal/accesses?own=1"
    while where:
        page = client.get(where).content.decode()
        found += _ACCESS.findall(page)
        older = _OLDER.search(page)
        where = f"/portal/accesses{older[1]}".replace("&amp;", "&") if older else ""
    # Each look leaves a record of its own, which the pages after it do not show.
    assert [one for one in found if one in set(before)] == before
    others = RecordPatient.objects.exclude(record__record__in=_accesses(question))
    for one in others.order_by("-record_id").values_list("record__record", flat=True)[:1]:
        assert client.get(f"/portal/accesses/{one}").status_code == 404
    return Told()
