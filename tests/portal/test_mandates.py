"""Who speaks for a patient: named by a code, for a time, and refused from the day after."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from naru.accounts import introductions, sessions
from naru.consent import queries as consent
from naru.consent.errors import NotPermitted
from naru.domain.arrangements import Relationship
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.exchange.access import Access
from naru.exchange.consent import mandates
from naru.notifications import models as notifications
from naru.ui.clock import now, today
from tests.acting import account_of, citizen, node
from tests.exchange.hospitals import Hospital, Patient

pytestmark = pytest.mark.django_db(transaction=True)

CODE = re.compile(r'<p class="code num">([^<]+)</p>')
ENDS = re.compile(r'name="mandate" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with node():
        yield


def own(patient: Patient) -> Access:
    caller = Caller(
        role=Role.PATIENT,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        assurance=Assurance.SESSION,
        patient=patient.key,
    )
    return Access(transaction="TEST", caller=caller, time=now())


def code_of(client: Client) -> str:
    shown = CODE.search(client.post("/portal/representatives/code").content.decode())
    assert shown is not None
    return shown[1]


def form(code: str) -> dict[str, str]:
    last = f"{today(now()) + timedelta(days=30)}"
    return {"code": code, "relationship": "mandatary", "last": last}


def told(kind: str) -> int:
    return notifications.Notice.objects.filter(kind=kind).count()


def session_of(client: Client) -> UUID:
    return UUID(client.session["sign-in"])


def test_a_code_shown_by_somebody_lets_them_speak_until_it_is_ended() -> None:
    patient = Hospital().patient()
    mother, daughter = citizen("김나루", patient.key), citizen("김따님")
    code = code_of(daughter)

    given = mother.post("/portal/representatives/give", form(code.lower()))

    assert given.headers["Location"] == "/portal/representatives"
    page = mother.get("/portal/representatives").content.decode()
    for shown in ("나를 대신하는 사람이 1명", "김따님", "위임받은 사람", f"{today(now())} ~"):
        assert shown in page
    assert told("mandate-begun") == 1
    again = mother.post("/portal/representatives/give", form(code))
    assert again.status_code == 422  # A code is good once.

    acting = daughter.post("/account/act-as", {"as": str(patient.key)})
    assert acting.status_code == 302
    for path in ("/portal", "/portal/consent", "/portal/representatives", "/portal/wishes"):
        seen = daughter.get(path).content.decode()
        assert "김따님 님이 김나루 님을 대신하여" in seen, path
    assert daughter.post("/portal/representatives/give", form(code)).status_code == 403

    ended = ENDS.search(page)
    assert ended is not None
    foreign = citizen("박남남", Hospital().patient().key)
    assert foreign.post("/portal/representatives/end", {"mandate": ended[1]}).status_code == 404
    assert mother.post("/portal/representatives/end", {"mandate": ended[1]}).status_code == 302
    assert daughter.get("/portal").status_code == 403
    assert daughter.post("/account/act-as", {"as": "me"}).status_code == 302
    assert daughter.post("/account/act-as", {"as": str(patient.key)}).status_code == 403
    assert told("mandate-ended") == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"code": "AAAA-AAAA-AAAA-AAAA"},
        {"relationship": "court-guardian"},
        {"relationship": "parent"},
        {"relationship": "friend"},
        {"last": ""},
        {"last": "2020-01-01"},
    ],
)
def test_nobody_is_named_by_a_wrong_code_another_kind_or_without_an_end(
    changed: dict[str, str],
) -> None:
    patient = Hospital().patient()
    mother, daughter = citizen("김나루", patient.key), citizen("김따님")

    asked = {**form(code_of(daughter)), **changed}
    refused = mother.post("/portal/representatives/give", asked)

    assert refused.status_code == 422
    assert "나를 대신하는 사람이 없습니다" in refused.content.decode()
    assert told("mandate-begun") == 0


def test_a_code_ends_after_ten_minutes_and_by_a_new_one_and_names_nobody_s_self() -> None:
    patient = Hospital().patient()
    account, time = account_of("김따님"), now()
    first, late = introductions.introduce(account, time), time + introductions.LIFETIME
    for code, when in ((first, late), (introductions.introduce(account, time), late)):
        access = own(patient)
        access.time = when
        limits = mandates.Limits(last=today(when))
        with pytest.raises(NotPermitted):
            mandates.give_by_code(access, patient.key, code, Relationship.MANDATARY, limits)
    mother = citizen("김나루", patient.key)
    assert mother.post("/portal/representatives/give", form(first)).status_code == 422
    assert mother.post("/portal/representatives/give", form(code_of(mother))).status_code == 422


def test_a_representative_whose_mandate_ended_yesterday_is_refused() -> None:
    patient = Hospital().patient()
    daughter = citizen("김따님")
    account = sessions.session(session_of(daughter), now()).account  # type: ignore[union-attr]  # It stands.
    earlier = own(patient)
    earlier.time = now() - timedelta(days=3)
    last = today(now()) - timedelta(days=1)
    mandates.give(earlier, patient.key, account, Relationship.MANDATARY, last=last)

    assert daughter.post("/account/act-as", {"as": str(patient.key)}).status_code == 403
    sessions.act_as(session_of(daughter), represented=patient.key)
    refused = daughter.get("/portal")
    assert refused.status_code == 403
    assert "김나루" not in refused.content.decode()


def test_not_even_in_an_emergency_is_chosen_and_taken_back() -> None:
    patient = Hospital().patient()
    client = citizen("김나루", patient.key)
    assert "법이 정한 경우에만" in client.get("/portal/wishes").content.decode()
    assert client.post("/portal/wishes/narrow", {"wish": "emergency"}).status_code == 302
    assert "응급에도 내 기록을 보이지 않습니다" in client.get("/portal/wishes").content.decode()
    assert client.post("/portal/wishes/widen", {"wish": "emergency"}).status_code == 302
    assert "법이 정한 경우에만" in client.get("/portal/wishes").content.decode()
    assert client.post("/portal/wishes/widen", {"wish": "everything"}).status_code == 404


def narrow(code: str, **chosen: str) -> dict[str, str]:
    return {**form(code), "part": "some", **chosen}


def test_a_mandate_for_a_part_opens_that_part_and_no_other_page() -> None:
    here = Hospital()
    patient = here.patient()
    patient.consents()
    day = today(now())
    first, second = here.sends(patient, day=day), here.sends(patient, day=day)
    mother, daughter = citizen("김나루", patient.key), citizen("김따님")
    give = "/portal/representatives/give"
    code = code_of(daughter)
    assert first.unique_id in mother.get("/portal/representatives?part=some").content.decode()
    backwards = {"first": f"{day}", "until": f"{day - timedelta(days=1)}"}
    for wrong in ({}, {"first": "x"}, backwards):
        assert mother.post(give, narrow(code, **wrong)).status_code == 422

    assert mother.post(give, narrow(code, document=first.unique_id)).status_code == 302
    assert "문서 1건 · 보기만" in mother.get("/portal/representatives").content.decode()
    assert daughter.post("/account/act-as", {"as": str(patient.key)}).status_code == 302

    key = 'name="key" value="o:{}"'
    seen = daughter.get("/portal/consent/documents").content.decode()
    assert key.format(first.unique_id) in seen
    assert key.format(second.unique_id) not in seen
    for path in ("/records", "/results", "/download"):
        page = daughter.get(f"/portal{path}")
        assert page.status_code == 200, path
        assert second.unique_id not in page.content.decode()
    receipt = f"/deliveries/{uuid4()}"
    outside = ("/deliveries", receipt, f"{receipt}/receipt.pdf", "/shares/new", "/tickets")
    others = ("", "/accesses", "/notices", "/consent", "/consent/acts", "/wishes")
    for path in (*others, *outside, "/appointments"):
        answer = daughter.get(f"/portal{path}")
        assert answer.status_code == 403, path
        assert "일부만 맡으셔서" in answer.content.decode()
    hide = {"key": f"o:{first.unique_id}"}
    assert daughter.post("/portal/consent/hide", hide).status_code == 403
    assert daughter.post("/portal/wishes/narrow", {"wish": "emergency"}).status_code == 403


def test_whoever_may_only_look_says_nothing_for_the_patient() -> None:
    patient = Hospital().patient()
    patient.consents()
    mother, daughter = citizen("김나루", patient.key), citizen("김따님")
    looks = {**form(code_of(daughter)), "acts": "look"}
    assert mother.post("/portal/representatives/give", looks).status_code == 302
    assert "모든 기록 · 보기만" in mother.get("/portal/representatives").content.decode()
    assert daughter.post("/account/act-as", {"as": str(patient.key)}).status_code == 302

    assert daughter.get("/portal").status_code == 200
    assert daughter.get("/portal/accesses").status_code == 200
    before = len(consent.acts(patient.key))
    daughter.post("/portal/consent/withdraw", {"sure": "yes"})
    assert daughter.post("/portal/wishes/narrow", {"wish": "emergency"}).status_code == 403
    assert len(consent.acts(patient.key)) == before
