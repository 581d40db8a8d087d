"""What a patient gives out: submitted to an agency, shared by a link; taken back, it is over."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client
from httpx import Response

from naru.deliveries import agencies
from naru.directory import queries as directory
from naru.directory import services as directory_services
from naru.domain.institution import InstitutionKind
from naru.node import peer
from tests.deliveries.conftest import Place, hidden
from tests.deliveries.test_shares import Made, documents_of
from tests.one_answer.adapters import NO_ID, Kind, Question, Told, adapter
from tests.one_answer.fhir_doors import logical_id
from tests.one_answer.page_doors import MASKED, SUBMITTING, at, citizen, own
from tests.one_answer.places import SINCE, TAKER
from tests.one_answer.wire import Wire, plain
from tests.one_answer.wire import shape as wire_shape

_WAITS = re.compile(r'name="document" value="([^"]+)"')
_RECEIVED = re.compile(r'<li class="between"><div><h3>')
_NAMED = '<li><div class="between"><div><h3>'
_SHARED = re.compile(r'<section class="card" aria-label="[^"]*"><h2>')
_addresses = count(1)


def digest(octets: bytes) -> str:
    return f"opened {sha256(octets).hexdigest()}"


def _asked(question: Question) -> list[str]:
    return [one.unique_id for one in question.documents]


def _submitted(client: Client, documents: Iterable[str]) -> str:
    """The address of the receipt."""
    form = {"document": [*documents], "purpose": "conscription", "days": "7"}
    preview = client.post(SUBMITTING, form, follow=True)
    assert preview.status_code == 200, preview.content.decode()
    answer = client.post("/portal/deliveries/submit", hidden(preview.content.decode()))
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def _agencies(question: Question) -> tuple[UUID, UUID]:
    """The one to which it is submitted, and another."""
    today = question.world.today
    taker = agencies.named(TAKER, today).institution
    other = next(
        one.id
        for one in directory.all_institutions(on=today)
        if one.kind is InstitutionKind.AGENCY and one.approved and one.id != taker
    )
    return taker, other


def _clerks(question: Question) -> tuple[Client, Client]:
    """Of the agency to which it is submitted, and of another."""
    taker, other = _agencies(question)
    return at(taker, question), at(other, question)


def _opened(clerk: Client, inside: str, documents: Iterable[str]) -> Told:
    """What the agency's page hands out of these."""
    told = Told()
    for one in documents:
        answer = clerk.post(f"{inside}/open", {"document": one, "as": "original"})
        if answer.status_code == 200:
            told.outcomes[one] = digest(answer.getvalue())
        else:
            told.unseen.add(shape(answer, one))
    return told


def shape(answer: Any, *ids: str) -> str:
    text = MASKED.sub("", answer.content.decode())
    return plain(f"{answer.status_code} {text}", *ids)


@adapter(
    Kind.DOCUMENTS,
    *("page portal-delivery-submit", "page portal-delivery", "page portal-deliveries"),
    *("page console-deliveries", "page console-delivery", "page console-delivery-open"),
    can=own,
    opened=True,
)
def submitted(_wire: Wire, question: Question) -> Told:
    """The agency opens what was chosen, each once, and nothing else; another finds nothing."""
    client, asked = citizen(question), _asked(question)
    clerk, stranger = _clerks(question)
    told = Told()
    parts = {_submitted(client, part): part for part in _in_two(asked)}
    for where, part in parts.items():
        inside = _inside(where)
        assert len(_RECEIVED.findall(client.get(where).content.decode())) == len(part)
        assert where in client.get("/portal/deliveries").content.decode()
        assert inside in clerk.get("/console/deliveries").content.decode()
        assert inside not in stranger.get("/console/deliveries").content.decode()
        page = clerk.get(inside).content.decode()
        assert set(_WAITS.findall(page)) == set(part)
        assert page.count(_NAMED) == len(part)
        refused = _opened(stranger, inside, part)
        assert not refused.outcomes
        never = f"/console/deliveries/{uuid4()}"
        assert shape(stranger.get(inside)) == shape(stranger.get(never))
        told.unseen |= refused.unseen
    for where, part in parts.items():
        others = {one.unique_id for one in question.world.documents}.difference(part)
        found = _opened(clerk, _inside(where), [*others, *part, NO_ID])
        assert not found.outcomes.keys() & others
        told.outcomes |= found.outcomes
        told.unseen |= found.unseen
    for where, part in parts.items():
        assert not _opened(clerk, _inside(where), part).outcomes  # Each once.
    return told


def _in_two(asked: list[str]) -> Iterable[list[str]]:
    """Two submissions where there is enough for them: one opens nothing of the other."""
    half = len(asked) // 2
    return filter(None, (asked[:half], asked[half:]))


def _inside(where: str) -> str:
    """The address of a submission for its agency, by that for its patient."""
    return f"/console{where.removeprefix('/portal')}"


class _System:
    """An agency's own program, on connections of its certificate."""

    def __init__(self, wire: Wire, question: Question, agency: UUID) -> None:
        self._client = wire.client
        name = f"2.999.31.{next(_addresses)}"
        issued = question.asker.place.authority.issue_client(name, [name], datetime.now(UTC))
        directory_services.add_certificate(agency, issued.fingerprint_sha256, from_date=SINCE)
        read = x509.load_pem_x509_certificate(issued.certificate)
        self._certificate = read.public_bytes(Encoding.DER)

    def asks(self, method: str, target: str) -> Response:
        peer._current.certificate = self._certificate
        try:
            return self._client.request(method, f"/fhir/{target}")
        finally:
            peer._current.certificate = None

    def tasks(self) -> set[str]:
        """Which it lists, however it asks."""
        listed = [self.asks("GET", "Task"), self.asks("POST", "Task/_search")]
        found = [{one["resource"]["id"] for one in each.json().get("entry", [])} for each in listed]
        assert found[0] == found[1]
        return found[0]

    def fetches(self, document: str) -> Response:
        return self.asks("GET", f"Binary/{document}")


@adapter(Kind.DOCUMENTS, "GET Task", "POST Task/_search", "GET Task/{id}", can=own, opened=True)
def received(wire: Wire, question: Question) -> Told:
    """The agency's own system finds what was chosen and fetches it once; another finds nothing."""
    client, asked = citizen(question), _asked(question)
    if not asked:
        return Told()
    task = _submitted(client, asked).rpartition("/")[2]
    system, stranger = (_System(wire, question, one) for one in _agencies(question))
    assert task in system.tasks()
    assert task not in stranger.tasks()
    refused = [stranger.asks("GET", f"Task/{one}") for one in (task, uuid4())]
    assert {one.status_code for one in refused} == {404}
    told = Told(unseen={wire_shape(one, task) for one in refused})
    others = [one for one in question.world.documents if one.unique_id not in asked]
    never = [system.fetches(logical_id(one.uuid)) for one in others]
    fetched = system.asks("GET", f"Task/{task}").json()
    names = [one["target"][0]["identifier"]["value"] for one in fetched["contained"]]
    for name, one in zip(names, fetched["input"][::2], strict=True):
        document = one["valueAttachment"]["url"].rpartition("/")[2]
        never.append(stranger.fetches(document))
        told.outcomes[name.removeprefix("urn:oid:")] = digest(system.fetches(document).content)
        never.append(system.fetches(document))  # Each once.
    assert {one.status_code for one in never} <= {404}
    return told


@adapter(Kind.TOLD, "page portal-delivery-recall", can=own)
def recalled(_wire: Wire, question: Question) -> Told:
    """From then on the agency reads neither the documents nor their names."""
    client, asked = citizen(question), _asked(question)
    if not asked:
        return Told()
    where = _submitted(client, asked)
    inside = _inside(where)
    assert client.post(f"{where}/recall").status_code == 302
    clerk, _stranger = _clerks(question)
    page = clerk.get(inside).content.decode()
    assert _NAMED not in page
    assert not any(one in page for one in asked)
    return _opened(clerk, inside, [*asked, NO_ID])


class _Link(Made):
    """A link of a question's patient, opened from an address of its own."""

    def __init__(self, client: Client, documents: list[str]) -> None:
        # Of the place only who looks there counts: the documents are named.
        place = cast("Place", SimpleNamespace(citizen=client, documents=()))
        super().__init__(place, document=documents, times="10")

    def as_shown(self) -> str:
        """What a person reads who has the code and the passcode."""
        status, page = self.opened_by(self.code)
        assert status == 200
        return page

    def as_file(self) -> list[bytes]:
        """What an app fetches."""
        (file,) = self.manifest(embeddedLengthMax=10).json()["files"]  # type: ignore[attr-defined]  # A test client's answer.
        octets = Client().get("/" + file["location"].split("/", 3)[3]).content
        return documents_of(self.read(octets.decode()))


def _refusals(said: str, path: str, passcode: str) -> set[str]:
    """What is answered to a code and to an address that open nothing (any more)."""
    far = f"2001:db8::{next(_addresses):x}"  # RFC 3849: nobody's; it has tried nothing before.
    asked = json.dumps({"recipient": "Test app", "passcode": passcode})
    app = Client(REMOTE_ADDR=far).post(path, asked, content_type="application/json")
    form = {"link": said, "passcode": passcode, "recipient": "시험약국"}
    page = Client(REMOTE_ADDR=far).post("/shared", form)
    return {f"{shape(app)} {shape(page, said)}"}


@adapter(
    Kind.DOCUMENTS,
    *("page portal-share", "page portal-share-revoke", "page shared", "page shl", "page shl-file"),
    can=own,
    opened=True,
)
def shared(_wire: Wire, question: Question) -> Told:
    """Who holds the link opens what was chosen; taken back, it is as if it had never been."""
    client, asked = citizen(question), _asked(question)
    if not asked:
        return Told()
    link = _Link(client, asked)
    page = link.as_shown()
    says = {one.unique_id: one.says for one in question.world.documents if one.says}
    assert {id_ for id_, words in says.items() if words in page} == says.keys() & set(asked)
    assert len(_SHARED.findall(page)) == len(asked)
    given = sorted(digest(one) for one in link.as_file())
    told = {one.unique_id: digest(one.content) for one in question.documents}
    assert given == sorted(told.values())
    assert client.post(f"{link.where}/revoke").status_code == 302
    unseen = _refusals(link.code, link.path, link.passcode)
    unseen |= _refusals("AAAA-BBBB-CCCC", f"/shl/{'A' * 43}", link.passcode)
    return Told({id_: one for id_, one in told.items() if one in given}, unseen)
