"""What was sent by name: the lists of the two it concerns, its paper, and a letter with a code."""

import re
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.test import Client

from naru.referrals import queries
from naru.referrals.models import Referral
from tests.one_answer.adapters import NO_ID, Kind, Question, Told, adapter
from tests.one_answer.content_doors import narrowed
from tests.one_answer.delivery_doors import digest, shape
from tests.one_answer.page_doors import can, clinician, registered
from tests.one_answer.places import Place
from tests.one_answer.wire import NotAdmitted, Wire
from tests.one_answer.world import Thing

_LISTED = re.compile(r'href="/clinic/referrals/([0-9a-f-]{36})"')
_ITEM = re.compile(r'name="item" value="([^"]+)"')
_ONCE = re.compile(r'name="once" value="([^"]+)"')
_CODE = re.compile(r"([2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4})")
_addresses = count(1)


def _referrals(document: str) -> list[Referral]:
    """Those of a document, which begins one with each institution to which it was sent."""
    return list(Referral.objects.filter(document=document).order_by("id"))


def _referral(document: str, place: Place) -> UUID:
    """That which concerns an institution, or else any; of what is none, an id that is nobody's."""
    found = _referrals(document)
    concerns = [one for one in found if one.receiver == place.id]
    return next((one.referral for one in (*concerns, *found)), uuid4())


def _listed(question: Question, path: str) -> set[str]:
    """Which of the world's documents a list of referrals leads to."""
    answer = clinician(question).get(path)
    if answer.status_code == 403:
        raise NotAdmitted
    found = set(_LISTED.findall(answer.content.decode()))
    named = [one.unique_id for one in question.world.documents if one.parties]
    return {one for one in named if found & {str(each.referral) for each in _referrals(one)}}


def _of(question: Question, *, received: bool) -> set[str]:
    """Those that were sent to the asker's institution, or by it: of everybody, whatever is said."""

    def fits(one: Thing, place: Place) -> bool:
        return place in one.parties and (one.source is not place) is received

    place = question.asker.place
    return {one.unique_id for one in question.world.documents if fits(one, place)}


@adapter(Kind.TOLD, "page clinic-referrals", can=can)
def received(_wire: Wire, question: Question) -> Told:
    assert _listed(question, "/clinic/referrals") == _of(question, received=True)
    return Told()


@adapter(Kind.TOLD, "page clinic-referrals-sent", can=can)
def sent(_wire: Wire, question: Question) -> Told:
    assert _listed(question, "/clinic/referrals/sent") == _of(question, received=False)
    return Told()


@adapter(
    Kind.DOCUMENTS,
    *("page clinic-referral", "page clinic-referral-act", "page clinic-referral-paper"),
    can=can,
    opened=True,
    by_name=True,
)
def papers(_wire: Wire, question: Question) -> Told:
    """The receiver takes it in hand and opens its paper, as far as it may still be read."""
    client, told, place = clinician(question), Told(), question.asker.place
    says = {one.unique_id: one.says for one in question.documents}
    for unique_id in (*says, NO_ID):
        where = f"/clinic/referrals/{(id_ := _referral(unique_id, place))}"
        answers = [
            client.post(f"{where}/act", {"act": "received"}),
            client.get(where),
            client.post(f"{where}/paper", {"as": "original"}),
        ]
        if answers[0].status_code == 403:
            raise NotAdmitted
        page, paper = answers[1:]
        if page.status_code == 404:
            told.unseen.add("\n".join(shape(one, str(id_), unique_id) for one in answers))
            continue
        opens = paper.status_code == 200
        # What nobody took in hand, or in time, is opened from its own button alone.
        assert opens or says[unique_id] not in page.content.decode()
        if opens:
            told.outcomes[unique_id] = digest(paper.getvalue())
    return told


@adapter(Kind.TOLD, "page clinic-hira", can=can)
def fees(_wire: Wire, question: Question) -> Told:
    """Whether a referral may be billed is told to who sent it."""
    client, told = clinician(question), Told()
    place = question.asker.place
    mine = _of(question, received=False)
    for unique_id in (*(one.unique_id for one in question.documents), NO_ID):
        answer = client.get(f"/clinic/referrals/{(id_ := _referral(unique_id, place))}/hira")
        if answer.status_code == 403:
            raise NotAdmitted
        assert (answer.status_code == 200) is (unique_id in mine), place
        if answer.status_code != 200:
            told.unseen.add(shape(answer, str(id_), unique_id))
    return told


def prints(question: Question) -> bool:
    """A letter is written from the chart of one's own patient; no question narrows it."""
    return registered(question) and not (question.since or question.department)


@adapter(Kind.DOCUMENTS, "page letter", can=prints, papers=False, own_chart=True)
def letter(_wire: Wire, question: Question) -> Told:
    """All of the own chart is ticked; who has the number and the code reads it, once."""
    client = clinician(question)
    where = "/clinic/referrals/new"
    form = client.get(f"{where}?kind=referral-letter").content.decode()
    items, once = _ITEM.findall(form), _ONCE.search(form)
    if not items:
        return narrowed(question, (), own_chart=True)
    assert once is not None
    filled: dict[str, Any] = {
        "once": once[1],
        "kind": "referral-letter",
        "outside": "시험의원",
        "item": items,
        "reason": ["further-tests"],
        "opinion": ["stable"],
        "consent": "consent",
        "asked_by": "patient",
        "do": "send",
    }
    printed = client.post(where, filled)
    if printed.status_code == 422:
        # A single result has no diagnosis, without which no letter goes; each document has one.
        return narrowed(question, (), own_chart=True)
    assert printed.status_code == 200, printed.content.decode()
    code = _CODE.search(printed.content.decode())
    assert code is not None
    number = queries.outbox(question.asker.place.id)[0].number
    unseen = {_read(number, "AAAA-BBBB-CCCC")[1], _read("000000-000000", code[1])[1]}
    page, _ = _read(number, code[1])
    unseen.add(_read(number, code[1])[1])
    found = {one.unique_id for one in question.world.documents if one.says and one.says in page}
    told = narrowed(question, found, own_chart=True)
    told.unseen |= unseen
    return told


def _read(number: str, code: str) -> tuple[str, str]:
    """What the public page shows of a letter, and how it refuses."""
    far = f"2001:db8:1::{next(_addresses):x}"
    answer = Client(REMOTE_ADDR=far).post("/letter", {"number": number, "code": code})
    if answer.status_code == 200:
        return answer.content.decode(), ""
    return "", shape(answer, number, code)
