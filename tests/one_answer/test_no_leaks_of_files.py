"""What leaves as a table, a message or a file tells nothing of what is not shown, as no page does.

The officer's table of accesses, what people are told by any channel, and what the portal hands to
somebody who speaks for a patient: of each twin the same, but for ids and times.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zipfile import ZipFile

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from naru.accounts import sessions
from naru.accounts.values import Method
from naru.audit import services as audit
from naru.domain.arrangements import Relationship
from naru.domain.caller import Role
from naru.domain.decision import EVERYTHING, Scope
from naru.domain.korea import korean_day
from naru.domain.person import Address, Demographics, PatientRecord, Telecom
from naru.exchange import notices
from naru.exchange.audit import first_access
from naru.exchange.consent import mandates
from naru.notifications import tasks
from naru.notifications.channels.provider import Form, Messages, Provider
from naru.notifications.models import Notice
from naru.outbox import worker
from naru.patients import services as patients
from naru.simulators.message_sender import Simulator
from naru.simulators.program import serving
from tests.acting import account_of, browser_of
from tests.one_answer.places import Places
from tests.one_answer.test_no_leaks import CASES, by, strict_policy
from tests.one_answer.twins import Twin, differing, twins
from tests.one_answer.wire import plain
from tests.ports import free_port
from tests.staging import looking_as

_AGE = re.compile(r"\b\d+세")
_STAMP = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?|20\d{12}[+]0900|\b\d{1,2}:\d\d\b"
    r"|\b[0-9a-f]{8}\b|[0-9a-f]{32,}|[A-Za-z0-9+/]{40,}={0,2}"
)
"""Moments, digests, signatures: what differs between any two."""
_MASKED = re.compile(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"')
assert strict_policy is not None  # Holds in each of these tests.
AFTER_A_DAY = timedelta(days=1)
"""By then no quiet hour keeps a message back."""


def alike(having: Sequence[str], lacking: Sequence[str]) -> None:
    """What was told of either is there, and the same."""
    assert having
    parted = differing(having, lacking)
    assert not parted, parted


def said(twin: Twin, text: str) -> str:
    """Without what must differ."""
    text = plain(_MASKED.sub("", text), *twin.ids)
    return _STAMP.sub("(stamp)", _AGE.sub("(age)", text))


def looks(twin: Twin) -> None:
    """The asker's institution opens the record, each page of it, and each of its documents."""
    client = looking_as(twin.patient.key, twin.viewer.place.id)
    for page in ("/clinic", "/clinic/documents", "/clinic/history"):
        assert client.get(page).status_code == 200
    for one in twin.world.documents:
        form = {"repository": one.source.repository, "document": one.unique_id}
        assert client.post("/clinic/open", form).status_code == 200
        client.post("/clinic/open", {**form, "as": "original", "why": "treatment"})
    client.post("/clinic/import", {"as": "fhir", "why": "treatment"})


def exported(twin: Twin) -> list[str]:
    """The rows that the officers' tables gain by such a look, at every hospital."""
    clients = [looking_as(twin.patient.key, one.id) for one in twin.world.places]
    before = [{row["record"] for row in _table(client)} for client in clients]
    looks(twin)
    found = list[str]()
    for client, known in zip(clients, before, strict=True):
        rows = [row for row in _table(client) if row["record"] not in known]
        tasks_ = [row["task"] for row in rows]
        assert tasks_.count("export accesses") <= 1  # The table before this one.
        found += [said(twin, str(_compared(row))) for row in rows]
    return found


def _table(client: Client) -> list[dict[str, str]]:
    audit.stop()  # What was written down is there to be read.
    month = f"{korean_day(timezone.now()):%Y-%m}"
    answer = client.post("/console/accesses/export", {"month": month, "reason": "시험"})
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def _compared(row: dict[str, str]) -> dict[str, str]:
    """Without when it was, and the hour of the night."""
    flags = " ".join(one for one in row["flags"].split() if one != "night")
    return {name: one for name, one in row.items() if name not in {"record", "time"}} | {
        "flags": flags
    }


@pytest.mark.parametrize("case", ["withdrawn", "source excluded", "genetic", "a consent document"])
def test_an_officer_s_table_of_accesses_is_the_same(places: Places, case: str) -> None:
    alike(*map(exported, twins(places, CASES[case])))


REACHED = {
    "sms": Telecom("tel:000-0000-0001", "MC"),
    "email": Telecom("mailto:nobody@example.org", None),
    "letter": None,
}


@pytest.mark.parametrize(
    ("channel", "case"),
    [("sms", "withdrawn"), ("email", "source excluded"), ("letter", "hidden by itself")],
)
def test_what_anybody_is_told_by_any_channel_is_the_same(
    places: Places, channel: str, case: str
) -> None:
    """The patient by this channel and in the inbox, every hospital in its own."""
    with serving(Simulator(free_port())) as simulator:
        alike(*(told(twin, channel, simulator) for twin in twins(places, CASES[case])))


def told(twin: Twin, channel: str, simulator: Simulator) -> list[str]:
    """What leaves when the asker looks, and then opens the record in an emergency."""
    reached_by(twin, channel)
    before, taken = Notice.objects.count(), len(simulator.taken)
    looks(twin)
    emergency = {"case": "unconscious", "hours": "1", "reason": "시험"}
    client = looking_as(twin.patient.key, twin.viewer.place.id)
    assert client.post("/clinic/emergency", emergency).status_code == 302
    work(channel, simulator)
    left = [f"{one.title} {one.text}" for one in simulator.taken[taken:]]
    left += printed(twin) if channel == "letter" else []
    assert left
    rows = Notice.objects.order_by("id")[before:]
    left += [f"{one.to} {one.kind} {one.role}" for one in rows]
    left.append(looking_as(twin.patient.key).get("/portal/notices").content.decode())
    return [said(twin, one) for one in left]


def reached_by(twin: Twin, channel: str) -> None:
    """The hospital says anew of the patient how they are reached."""
    telecom, person = REACHED[channel], twin.patient
    home = Address(city="TEST시", lines=("나루길 1",), postal_code="00000")
    about = Demographics(
        names=(person.name,),
        birth_time=f"{person.born:%Y%m%d}",
        telecoms=(telecom,) if telecom else (),
        addresses=(home,),
    )
    record = PatientRecord(identifiers=(person.own,), demographics=about)
    patients.revise(record, now=timezone.now())


def work(channel: str, simulator: Simulator) -> None:
    """All that the outbox holds is done, now and when no quiet hour keeps it back."""
    forms = {"sms": Form.TEXT, "email": Form.MAIL}
    channels = {
        name: Messages(Provider(url=simulator.at(name), key=simulator.key), form)
        for name, form in forms.items()
        if name == channel
    }
    for later in (timedelta(), AFTER_A_DAY):

        def clock(later: timedelta = later) -> datetime:
            return timezone.now() + later

        handlers = {**first_access.handlers(), **tasks.handlers(channels, clock)}
        while worker.run_once(handlers, clock):
            pass


def printed(twin: Twin) -> list[str]:
    """The words of the letters that wait."""
    found = notices.print_letters(by(twin, Role.OPERATOR, None), None)
    assert found is not None
    _batch, octets, _count = found
    return [one.extract_text() for one in PdfReader(io.BytesIO(octets)).pages]


PAGES = (
    "download",
    "records",
    "results",
    "consent",
    "consent/paper",
    "consent/documents",
    "accesses?own=1",
    "accesses/file?own=1",
)
FORMS = ("originals", "papers", "fhir", "summary")
PROOFS = ("", "/consent.xml", "/signature.xml")
_ACT = re.compile(r'href="/portal/consent/acts/([0-9a-f-]{36})"')
IN_PART = {"genetic": EVERYTHING, "department excluded": Scope(departments=frozenset({"internal"}))}
"""What a representative may see, where the case hides something of that from them."""


@pytest.mark.parametrize("case", IN_PART.keys())
def test_what_a_representative_takes_from_the_portal_is_the_same(places: Places, case: str) -> None:
    alike(*(handed_to_a_representative(twin, case) for twin in twins(places, CASES[case])))


def handed_to_a_representative(twin: Twin, case: str) -> list[str]:
    """Every file of the record, and the proofs of the consent as far as the mandate reaches."""
    patient, account = twin.patient.key, account_of("김따님")
    looks(twin)  # Of which the list of accesses tells the patient.
    audit.stop()
    session = sessions.begin(account, Method.IDENTITY, "d", "시험", timezone.now())
    last, scope = twin.world.today + timedelta(days=9), IN_PART[case]
    giving, mandatary = by(twin, Role.PATIENT, None), Relationship.MANDATARY
    mandates.give(giving, patient, account, mandatary, last=last, scope=scope)
    client = browser_of(session)
    assert client.post("/account/act-as", {"as": str(patient)}).status_code == 302
    answers = [client.get(f"/portal/{page}") for page in PAGES]
    answers += [client.post("/portal/download/file", {"as": form}) for form in FORMS]
    for one in twin.world.documents:
        form = {"repository": one.source.repository, "document": one.unique_id}
        answers += [client.post("/portal/document", {**form, "as": each}) for each in ("", "pdf")]
    acts = _ACT.findall(client.get("/portal/consent/acts").content.decode())
    answers += [client.get(f"/portal/consent/acts/{act}{one}") for act in acts for one in PROOFS]
    found = [said(twin, line) for one in answers for line in _lines(one)]
    assert sum(one.startswith("200") for one in found) > len(FORMS)
    return found


def _lines(answer: HttpResponseBase) -> Iterator[str]:
    """What an answer hands out: of a ZIP each file by its name, of a PDF its words."""
    octets = answer.getvalue()
    yield f"{answer.status_code} {answer.headers.get('Content-Disposition')}"
    if not octets.startswith(b"PK"):
        yield _words(octets)
        return
    with ZipFile(io.BytesIO(octets)) as whole:
        for name in whole.namelist():
            yield f"{name} {_words(whole.read(name))}"


def _words(octets: bytes) -> str:
    if octets.startswith(b"%PDF-"):
        return "".join(one.extract_text() for one in PdfReader(io.BytesIO(octets)).pages)
    return octets.decode()
