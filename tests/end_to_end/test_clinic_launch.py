"""An EMR opens the clinic's page over the wire, with the patient chosen, for one person alone."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from naru.audit.records import Outcome
from naru.domain.identifiers import Identifier
from naru.domain.visit_reasons import VisitReason
from naru.link import ClinicLaunch, Link, NodeRefused
from naru.link.commands import add_to
from tests.end_to_end import people
from tests.end_to_end.institutions import HUB_A, HUB_B, Exchange

OVER, ANOTHER = "이 주소는 끝났거나 이미 쓰였습니다", "다른 직원을 위한 주소입니다"
_STAFF = """
from datetime import date
from uuid import uuid4
from naru.accounts import people, posts, sessions
from naru.accounts.posts import Invitation
from naru.accounts.values import Link, Method, VerifiedPerson
from naru.domain.caller import Role
from naru.domain.person import Gender
from naru.security.page_sessions import SessionStore
def somebody(role, institution, acts=True, ended=False):
    name = "시험" + uuid4().hex[:6]
    account = people.sign_up(VerifiedPerson(name=name, born=date(1970, 1, 1),
        gender=Gender.FEMALE, di=str(uuid4())), Link.UNKNOWN, None, now)
    invited = Invitation(institution=institution, role=role, name=name, first_day=today)
    post = posts.accept(account, posts.invite(invited, now)[1], now).id
    session = sessions.begin(account, Method.IDENTITY, str(uuid4()), "시험", now)
    if acts:
        sessions.act_as(session, post=post)
    if ended:
        posts.end(post, institution, everywhere=False, now=now)
    store = SessionStore()
    store.update({"sign-in": str(session)})
    store.create()
    return [str(post), store.session_key]
a, b = UUID(sys.argv[1]), UUID(sys.argv[2])
print(json.dumps({
    "doctor": somebody(Role.DOCTOR, a), "herself": somebody(Role.DOCTOR, a, acts=False),
    "colleague": somebody(Role.DOCTOR, a), "elsewhere": somebody(Role.DOCTOR, b),
    "reception": somebody(Role.RECEPTION, a), "ended": somebody(Role.DOCTOR, a, ended=True),
}))
"""
_OVER = """
from datetime import timedelta
from naru.domain.identifiers import Identifier
from naru.domain.visit_reasons import VisitReason
from naru.exchange.callers import clinic_launch
from naru.exchange import identify
from naru.exchange.access import Access
caller = identify.by_institution(UUID(sys.argv[3]), address="", now=now)
access = Access(transaction="TEST", caller=caller, time=now - timedelta(seconds=61))
print(clinic_launch.ask(access, Identifier(*sys.argv[1:3]), UUID(sys.argv[4]),
    VisitReason.OUTPATIENT).address)
"""


@dataclass(frozen=True)
class Person:
    """Somebody of the staff: their post, and the cookie by which their browser is known."""

    post: str
    cookie: str


Staff = dict[str, Person]


@pytest.fixture(scope="module")
def staff(exchange: Exchange) -> Staff:
    known = exchange.institutions
    told = json.loads(exchange.node.administer(_STAFF, known[HUB_A], known[HUB_B]))
    return {who: Person(*one) for who, one in told.items()}


@pytest.fixture(scope="module")
def file(exchange: Exchange) -> str:
    found = exchange.folder / "launching.toml"
    found.write_text(
        f"""
[node]
url = "https://127.0.0.1:{exchange.node.tls_port}"
certificate = "{HUB_A}.pem"
key = "{HUB_A}.key"
authority = "{exchange.node.data / "ca" / "ca.pem"}"
[institution]
name = "시험병원"
oid = "{HUB_A}"
[exchange]
affinity_domain = "{people.DOMAIN}"
patient_id_authority = "{HUB_A}.1"
""",
        "utf-8",
    )
    return str(found)


@pytest.fixture
def link(file: str) -> Iterator[Link]:
    with Link.from_file(file) as link:
        yield link


@pytest.fixture
def patient(exchange: Exchange) -> Identifier:
    return exchange.fed(HUB_A)


def asks(link: Link, patient: Identifier, who: Person) -> ClinicLaunch:
    return link.launch(patient.value, post=who.post, reason=VisitReason.REFERRAL)


def comes(exchange: Exchange, address: str, who: Person | None) -> httpx.Response:
    """Where the browser ends that opens the address."""
    cookies = {"naru-session": who.cookie} if who else {}
    base = f"http://127.0.0.1:{exchange.node.port}"
    with httpx.Client(base_url=base, cookies=cookies, follow_redirects=True) as browser:
        return browser.get(httpx.URL(address).raw_path.decode())


@pytest.mark.parametrize("who", ["doctor", "herself"])
def test_its_person_lands_on_the_patient_with_the_reason_chosen(
    exchange: Exchange, link: Link, staff: Staff, patient: Identifier, who: str
) -> None:
    last = exchange.node.last_record()
    told = asks(link, patient, staff[who])

    assert told.ends - datetime.now(UTC) <= timedelta(seconds=60)
    said = bytes.fromhex(httpx.URL(told.address).params["launch"])
    for one in (patient.value, staff[who].post, HUB_A, "김나루"):
        assert one not in told.address
        assert one.encode() not in said
    page = comes(exchange, told.address, staff[who])

    assert (page.status_code, page.url.path) == (200, "/clinic")
    assert "의뢰·회송 검토" in page.text
    records = exchange.node.records_after(last)
    assert [(one.transaction, one.outcome) for one in records] == [
        ("clinic-launch", Outcome.SUCCESS),
        ("clinic launch followed", Outcome.SUCCESS),
        ("clinic launch opened", Outcome.SUCCESS),
        ("past history", Outcome.SUCCESS),
    ]

    again = comes(exchange, told.address, staff[who])
    assert again.status_code == 403
    assert OVER in again.text


def test_whoever_has_not_signed_in_is_led_there_and_uses_it_up(
    exchange: Exchange, link: Link, staff: Staff, patient: Identifier
) -> None:
    told = asks(link, patient, staff["doctor"])
    page = comes(exchange, told.address, None)
    assert (page.url.path, page.url.params["next"]) == ("/sign-in", "/launch")
    assert OVER in comes(exchange, told.address, staff["doctor"]).text


@pytest.mark.parametrize("who", ["colleague", "elsewhere", "reception"])
def test_another_person_opens_nothing(
    exchange: Exchange, link: Link, staff: Staff, patient: Identifier, who: str
) -> None:
    told, last = asks(link, patient, staff["doctor"]), exchange.node.last_record()
    page = comes(exchange, told.address, staff[who])
    assert page.status_code == 403
    assert ANOTHER in page.text
    (record,) = exchange.node.records_after(last)
    assert record.errors == ("LaunchOfAnother",)
    assert OVER in comes(exchange, told.address, staff["doctor"]).text


def test_what_was_changed_or_is_over_opens_nothing(
    exchange: Exchange, link: Link, staff: Staff, patient: Identifier
) -> None:
    doctor = staff["doctor"]
    told = asks(link, patient, doctor)
    value = httpx.URL(told.address).params["launch"]
    changed = f"{value[:-1]}{'0' if value[-1] != '0' else '1'}"
    at = exchange.institutions[HUB_A]
    over = exchange.node.administer(_OVER, patient.value, patient.authority, at, doctor.post)
    for address in (
        f"/launch?launch={changed}",
        f"/launch?launch={'ab' * 1500}",
        "/launch?launch=x",
        "/launch?launch=",
        "/launch",
        over.strip(),
    ):
        last = exchange.node.last_record()
        page = comes(exchange, address, doctor)
        assert (page.status_code, OVER in page.text) == (403, True), address[:40]
        (record,) = exchange.node.records_after(last)
        assert record.errors == ("LaunchInvalid",)


def test_an_institution_asks_for_its_own_patients_and_people_alone(
    exchange: Exchange, link: Link, staff: Staff, patient: Identifier
) -> None:
    doctor = staff["doctor"]
    others = exchange.fed(HUB_B)
    nobody = Identifier(f"TEST-{uuid4().hex[:8]}", patient.authority)
    strange = Person(str(uuid4()), "")
    for whom, who in (
        (others, doctor),
        (nobody, doctor),
        *((patient, one) for one in (staff["elsewhere"], staff["reception"])),
        *((patient, one) for one in (staff["ended"], strange)),
    ):
        last = exchange.node.last_record()
        with pytest.raises(NodeRefused) as refused:
            asks(link, whom, who)
        assert refused.value.codes == ("not-found",)
        (record,) = exchange.node.records_after(last)
        assert (record.transaction, record.outcome) == ("clinic-launch", Outcome.MINOR_FAILURE)


def test_the_command_says_the_address(
    exchange: Exchange,
    staff: Staff,
    patient: Identifier,
    file: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    parser = argparse.ArgumentParser()
    add_to(parser.add_subparsers())
    words = ["link", "launch", "--config", file, "--patient", patient.value]
    chosen = parser.parse_args([*words, "--post", staff["doctor"].post, "--reason", "inpatient"])

    assert chosen.run(chosen) == 0

    page = comes(exchange, json.loads(capsys.readouterr().out)["address"], staff["doctor"])
    assert page.url.path == "/clinic"
    assert "입원 진료" in page.text
