"""What a patient gives out: submitted to an agency, shared by a link; taken back, it is over."""

import json
import re
from collections.abc import Iterable
from hashlib import sha256
from itertools import count
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

from django.test import Client

from naru.deliveries import agencies
from naru.directory import queries as directory
from naru.domain.institution import InstitutionKind
from tests.deliveries.conftest import Place, hidden
from tests.deliveries.test_shares import Made, documents_of
from tests.one_answer.adapters import NO_ID, Kind, Question, Told, adapter
from tests.one_answer.page_doors import MASKED, SUBMITTING, at, citizen, own
from tests.one_answer.places import TAKER
from tests.one_answer.wire import Wire, plain

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
    preview = client.post(SUBMITTING, form)
    assert preview.status_code == 200, preview.content.decode()
    answer = client.post("/portal/deliveries/submit", hidden(preview.content.decode()))
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def _clerks(question: Question) -> tuple[Client, Client]:
    """Of the agency to which it is submitted, and of another."""
    today = question.world.today
    taker = agencies.named(TAKER, today).institution
    other = next(
        one.id
        for one in directory.all_institutions(on=today)
        if one.kind is InstitutionKind.AGENCY and one.approved and one.id != taker
    )
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
    """The agency opens what was chosen, once, and nothing else; another agency finds nothing."""
    client, asked = citizen(question), _asked(question)
    if not asked:
        return Told()
    where = _submitted(client, asked)
    inside = f"/console{where.removeprefix('/portal')}"
    assert len(_RECEIVED.findall(client.get(where).content.decode())) == len(asked)
    assert where in client.get("/portal/deliveries").content.decode()
    clerk, stranger = _clerks(question)
    assert inside in clerk.get("/console/deliveries").content.decode()
    assert inside not in stranger.get("/console/deliveries").content.decode()
    page = clerk.get(inside).content.decode()
    assert set(_WAITS.findall(page)) == set(asked)
    assert page.count(_NAMED) == len(asked)
    others = [one.unique_id for one in question.world.documents if one.unique_id not in asked]
    told = _opened(stranger, inside, asked)
    assert not told.outcomes
    never = f"/console/deliveries/{uuid4()}"
    assert shape(stranger.get(inside)) == shape(stranger.get(never))
    found = _opened(clerk, inside, [*asked, *others, NO_ID])
    assert not found.outcomes.keys() & set(others)
    assert not _opened(clerk, inside, asked).outcomes  # Each once.
    return Told(found.outcomes, told.unseen | found.unseen)


@adapter(Kind.TOLD, "page portal-delivery-recall", can=own)
def recalled(_wire: Wire, question: Question) -> Told:
    """From then on the agency reads neither the documents nor their names."""
    client, asked = citizen(question), _asked(question)
    if not asked:
        return Told()
    where = _submitted(client, asked)
    inside = f"/console{where.removeprefix('/portal')}"
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
