"""A steward's pages: two records side by side, decided with a reason, and taken back."""

import re
from uuid import UUID

from django.db import transaction
from django.test import Client

from naru.audit.models import Record
from naru.demo.story import Story
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.identifiers import Identifier
from naru.domain.person import Address, Demographics, Gender, PatientRecord, PersonName, Telecom
from naru.exchange.access import Access
from naru.exchange.patients import match_cases
from naru.notifications.models import Notice
from naru.patients import queries, services
from naru.ui.clock import now
from tests.staging import looking_as

RED, BLUE = "2.999.810", "2.999.811"


def add(domain: str, value: str = "TEST-1", **more: object) -> UUID:
    services.know_domain(domain)
    told: dict[str, object] = {
        "names": (PersonName(text="황보민서"),),
        "birth_time": "19800102",
        "gender": Gender.FEMALE,
    }
    record = PatientRecord(
        identifiers=(Identifier(value, domain),),
        demographics=Demographics(**(told | more)),  # type: ignore[arg-type]  # Its fields.
    )
    return services.add(record, now=now())


def a_doubt() -> tuple[UUID, UUID, UUID]:
    """Two persons of one name and birth date, and their case."""
    one, other = add(RED), add(BLUE, telecoms=(Telecom("tel:010-0000-4321"),))
    (line,) = queries.waiting_cases()
    return one, other, line.key


def steward(told: Story) -> Client:
    return looking_as(told.patient, told.receiver)


def content(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def records() -> int:
    return Record.objects.count()


def test_the_list_names_nobody(told: Story) -> None:
    *_, case = a_doubt()

    page = content(steward(told), "/console/matching")

    assert "살펴볼 사람이 1쌍 있습니다" in page
    assert "이름과 생년월일만 같습니다" in page
    assert f"/console/matching/{case}" in page
    assert "황보" not in page


def test_the_stewards_are_told_once_of_what_a_feed_left_in_doubt(told: Story) -> None:
    add(RED)
    moment = now()
    other = services.add(
        PatientRecord(
            identifiers=(Identifier("TEST-2", RED),),
            demographics=Demographics(
                names=(PersonName(text="황보민서"),), birth_time="19800102", gender=Gender.FEMALE
            ),
        ),
        now=moment,
    )
    with transaction.atomic():
        match_cases.tell(other, moment)
        match_cases.tell(other, moment)

    (line,) = queries.waiting_cases()
    (notice,) = Notice.objects.filter(kind="match-review")
    assert (notice.role, notice.key.split(" ")[0]) == (Role.STEWARD, str(line.key))


def test_both_sides_stand_beside_each_other_and_the_look_is_about_both(told: Story) -> None:
    one, other, case = a_doubt()

    before = records()

    page = content(steward(told), f"/console/matching/{case}")

    assert records() == before + 1
    assert page.count("황보민서") == 2
    assert "1980-01-02" in page
    assert "010-0000-4321" in page
    caller = Caller(role=Role.STEWARD, purpose=PurposeOfUse.OPERATIONS, assurance=Assurance.SESSION)
    access = Access(transaction="TEST", caller=caller, time=now())
    match_cases.case(access, case)
    assert set(access.patients) == {one, other}


def test_a_link_needs_a_reason_and_is_taken_back(told: Story) -> None:
    one, other, case = a_doubt()
    client = steward(told)
    path = f"/console/matching/{case}"

    refused = client.post(f"{path}/decide", {"decision": "link", "why": " "})
    assert refused.status_code == 400
    assert "까닭을 500자 안으로" in refused.content.decode()
    assert queries.identity_set(other) == (other,)

    linked = client.post(f"{path}/decide", {"decision": "link", "why": "보호자와 통화"})
    assert linked.status_code == 302
    assert queries.identity_set(other) == (one, other)
    assert "보호자와 통화" in content(client, path)

    person = f"/console/matching/person/{other}"
    (act,) = re.findall(r'name="act" value="([^"]+)"', content(client, person))
    stranger = add("2.999.812", birth_time="19500102")
    elsewhere = f"/console/matching/person/{stranger}/part"
    assert client.post(elsewhere, {"act": act, "why": "잘못 보았음"}).status_code == 400
    assert queries.identity_set(other) == (one, other)
    parted = client.post(f"{person}/part", {"act": act, "why": "잘못 보았음"})
    assert parted.status_code == 302
    assert queries.identity_set(other) == (other,)
    assert "다른 사람으로 둠" in content(client, path)
    again = client.post(f"{person}/part", {"act": act, "why": "잘못 보았음"})
    assert again.status_code == 400


def test_who_was_kept_apart_waits_no_more_until_asked_again(told: Story) -> None:
    *_, case = a_doubt()
    client = steward(told)
    path = f"/console/matching/{case}/decide"

    client.post(path, {"decision": "apart", "why": "이름만 같음"})
    assert queries.waiting_cases() == ()
    client.post(path, {"decision": "reopen", "why": "다시 보기"})
    assert len(queries.waiting_cases()) == 1


def test_two_numbers_of_one_source_are_merged(told: Story) -> None:
    one = add(RED)
    add(RED, "TEST-2")
    (line,) = queries.waiting_cases()
    client = steward(told)
    client.post(f"/console/matching/{line.key}/decide", {"decision": "link", "why": "같은 분"})
    person = f"/console/matching/person/{one}"

    assert "앞 번호로 합치기" in content(client, person)
    form = {"authority": RED, "survivor": "TEST-1", "subsumed": "TEST-2", "why": "중복 등록"}
    before = records()
    assert client.post(f"{person}/merge", form).status_code == 302
    assert records() == before + 1

    found = queries.resolve(Identifier("TEST-2", RED))
    assert found is not None
    assert found.surviving == Identifier("TEST-1", RED)


def test_what_is_not_there_is_said_so(told: Story) -> None:
    client = steward(told)
    nobody = UUID(int=9)

    assert client.get(f"/console/matching/{nobody}").status_code == 404
    assert client.get(f"/console/matching/person/{nobody}").status_code == 404
    assert client.get("/console/matching?after=x").status_code == 404
    assert client.post(f"/console/matching/{nobody}/decide", {"decision": "eat"}).status_code == 404


def test_nobody_but_a_steward_decides(told: Story) -> None:
    *_, case = a_doubt()
    caller = Caller(role=Role.DOCTOR, purpose=PurposeOfUse.TREATMENT, assurance=Assurance.SESSION)
    for act in (
        match_cases.queue,
        lambda access: match_cases.case(access, case),
        lambda access: match_cases.link(access, case, "까닭"),
    ):
        access = Access(transaction="TEST", caller=caller, time=now())
        try:
            act(access)
        except match_cases.NotAllowed:
            assert access.errors == ["NotAllowed"]
        else:
            raise AssertionError("a doctor decided")


def test_what_a_source_writes_is_shown_as_text(told: Story) -> None:
    add(RED, names=(PersonName(text="<b>황보"),))
    add(BLUE, names=(PersonName(text="<b>황보"),), addresses=(Address(lines=("<i>",)),))
    (line,) = queries.waiting_cases()

    page = content(steward(told), f"/console/matching/{line.key}")

    assert "<b>황보" not in page
    assert "&lt;b&gt;황보" in page
