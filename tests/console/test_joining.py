"""One case through the inboxes of its three parties, by the forms that they are shown."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from uuid import UUID

import pytest
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import resolve

from naru.directory import services as directory
from naru.domain import roles
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.institution import InstitutionKind
from naru.exchange import identify, page_access
from naru.exchange.institutions import participation
from naru.ui.viewing import Admitted, Refused
from tests.exchange.institutions.test_joining import request as certificate_request

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _node() -> Iterator[None]:
    with override_settings(NARU=replace(settings.NARU, oid_root="2.999.78", sandbox=False)):
        yield


class Reader:
    """Somebody who signed in, with the middleware's part played here by the role table."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def get(self, path: str) -> HttpResponse:
        return self._ask(RequestFactory().get(path), path)

    def post(self, path: str, **form: str) -> HttpResponse:
        return self._ask(RequestFactory().post(path, form), path)

    def _ask(self, request: HttpRequest, path: str) -> HttpResponse:
        def asking(action: str) -> Admitted | Refused:
            access = page_access.begin(request, action, self.caller)
            if not roles.may(self.caller.role, action):
                access.refused("NotAllowed")
                return Refused(why="no")
            return Admitted(caller=self.caller)

        request.asking = asking  # type: ignore[attr-defined]  # As the middleware does.
        view, arguments, named = resolve(path)
        answer = view(request, *arguments, **named)
        assert isinstance(answer, HttpResponse)
        page_access.finish(request, answer)
        return answer

    def page(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200
        return unescape(answer.content.decode())


def of(role: Role, institution: UUID) -> Reader:
    return Reader(
        Caller(
            role=role,
            purpose=PurposeOfUse.OPERATIONS,
            assurance=Assurance.SESSION,
            institution=institution,
        )
    )


OPERATOR = Reader(identify.operator())


@pytest.fixture
def hub() -> UUID:
    today = datetime.now(UTC).date()
    return directory.admit(name="시험거점", kind=InstitutionKind.HUB, on=today, oid="2.999.79").id


def recruited(hub: UUID) -> tuple[str, UUID]:
    """The address of a new case, and the institution that is to join."""
    from naru.directory import cases

    answer = of(Role.HUB_ADMIN, hub).post("/console/joining/recruit", name="이음의원")
    assert answer.status_code == 302
    where = answer.headers["Location"]
    return where, cases.case(UUID(where.rpartition("/")[2])).institution


def does(reader: Reader, where: str) -> HttpResponse:
    """Fill in the form of the awaited step as it is shown, and send it."""
    page = reader.page(where)
    action = re.search(rf'action="({where}/(?:record|sign))"', page)
    assert action is not None, page
    step = re.search(r'name="step" value="([^"]*)"', page)
    assert step is not None
    fields = re.findall(r'name="(field-[^"]*)"', page)
    boxes = re.findall(r'type="checkbox" name="(field-[^"]*)"', page)
    form = {one: "yes" if one in boxes else "TEST-9" for one in fields}
    return reader.post(action[1], step=step[1], **form)


def test_a_case_moves_through_the_three_inboxes_until_operation(hub: UUID) -> None:
    where, spoke = recruited(hub)
    admin, chief = of(Role.HUB_ADMIN, hub), of(Role.DIRECTOR, hub)
    director = of(Role.DIRECTOR, spoke)
    order = [
        *[admin] * 2,
        *[director] * 2,
        admin,
        OPERATOR,
        chief,
        director,
        OPERATOR,
        *[admin] * 2,
        *[OPERATOR] * 2,
    ]
    for number, reader in enumerate(order):
        assert "시험 인증서 받기" not in admin.page(where)
        if "시험 인증서 받기" in director.page(where):
            pem = certificate_request().decode()
            given = director.post(f"{where}/certificate", request=pem)
            assert given.content.startswith(b"-----BEGIN CERTIFICATE")
        assert "처리할 일이 있습니다" in reader.page("/console/joining")
        answer = does(reader, where)
        assert answer.status_code == 302, (number, answer.content.decode())
    page = OPERATOR.page(where)
    assert "마침" in page
    assert page.count("표준협약서</a>") == 2
    assert re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", page)
    sheet = re.search(rf"{where}/paper/[0-9a-f-]+", page)
    assert sheet is not None
    assert director.get(sheet[0]).content.startswith(b"%PDF-1.7")


def test_an_agreement_is_not_signed_where_any_other_step_is_recorded(hub: UUID) -> None:
    """The page of a signature asks for 본인확인; that of a step does not."""
    where, spoke = recruited(hub)
    admin, director = of(Role.HUB_ADMIN, hub), of(Role.DIRECTOR, spoke)
    for reader in (admin, admin, director, director, admin, OPERATOR):
        assert does(reader, where).status_code == 302
    forged = {"field-name": "이음대표", "field-identified": "본인확인"}

    assert director.post(f"{where}/record", step="agreement", **forged).status_code == 400
    assert director.post(f"{where}/sign", step="agreement", **forged).status_code == 302
    assert "본인확인</dd>" not in director.page(where).replace("로그인과 본인확인", "")


def test_nobody_else_sees_a_case_or_its_papers(hub: UUID) -> None:
    where, _spoke = recruited(hub)
    today = datetime.now(UTC).date()
    other = directory.admit(name="다른", kind=InstitutionKind.HUB, on=today).id
    stranger = of(Role.HUB_ADMIN, other)
    assert "이음의원" not in stranger.page("/console/joining")
    for path in (where, f"{where}/paper/{other}"):
        with pytest.raises(Http404):
            stranger.get(path)
    for act in ("record", "return", "close", "certificate"):
        with pytest.raises(Http404):
            stranger.post(f"{where}/{act}", step="recruiting", reason="왜")
    nurse = of(Role.NURSE, hub)
    assert nurse.get(where).status_code == 403
    assert nurse.post(f"{where}/record", step="recruiting").status_code == 403


def test_what_is_refused_is_said_in_words_and_changes_nothing(hub: UUID) -> None:
    where, spoke = recruited(hub)
    admin = of(Role.HUB_ADMIN, hub)
    for form, words in (
        ({"step": "recruiting"}, "빠진 것이 있거나"),
        ({"step": "operation"}, "그 사이 다른 사람이"),
    ):
        answer = admin.post(f"{where}/record", **form)
        assert answer.status_code == 400
        assert words in answer.content.decode()
    assert "아직 기록된 것이 없습니다" in admin.page(where)
    assert "기다리는 중입니다" in of(Role.DIRECTOR, spoke).page(where)
    assert admin.post("/console/joining/recruit", name=" ").status_code == 400


def test_one_request_leaves_one_record_also_when_it_is_refused(hub: UUID) -> None:
    from naru.audit.models import Record

    where, _spoke = recruited(hub)
    for step in ("recruiting", "operation"):
        before = Record.objects.count()
        of(Role.HUB_ADMIN, hub).post(f"{where}/record", step=step)
        assert Record.objects.count() == before + 1


def test_the_public_numbers_are_those_of_the_registry(hub: UUID) -> None:
    from naru.directory import queries

    directory.admit(name="협력", kind=InstitutionKind.MEMBER, hub=hub, on=datetime.now(UTC).date())
    recruited(hub)  # Who has not joined yet does not count.
    page = Reader(identify.stranger(address="")).page("/participants")
    counted = participation.counts(datetime.now(UTC))
    assert (counted.hubs, counted.members, counted.repositories) == (1, 1, 0)
    shown = re.findall(r'<span class="figure num">(\d+)</span>', page)
    assert shown == ["0", "1", "1"]
    assert "기준입니다" in page
    assert queries.spokes(hub, on=datetime.now(UTC))


def test_the_operator_alone_switches_a_hub_off_and_on_again(hub: UUID) -> None:
    from naru.directory import queries

    member = directory.admit(
        name="협력", kind=InstitutionKind.MEMBER, hub=hub, on=datetime.now(UTC).date()
    ).id
    off = {"hub": f"{hub}", "wanted": "off", f"reason-{hub}": "network-unsafe"}
    assert of(Role.HUB_ADMIN, hub).post("/console/spokes/switch", **off).status_code == 403
    assert "멈추기" not in of(Role.HUB_ADMIN, hub).page("/console/spokes")
    assert "시험거점 멈추기" in OPERATOR.page("/console/spokes")
    for without in ({}, {f"reason-{hub}": "because"}, {f"reason-{member}": "drill"}):
        asked = OPERATOR.post("/console/spokes/switch", hub=f"{hub}", wanted="off", **without)
        assert asked.status_code == 400
        assert "까닭을 골라 주십시오" in asked.content.decode()
    assert queries.is_admitted(hub, on=datetime.now(UTC))
    assert OPERATOR.post("/console/spokes/switch", **off).status_code == 302
    assert not queries.is_admitted(hub, on=datetime.now(UTC))
    assert not queries.is_admitted(member, on=datetime.now(UTC))
    page = OPERATOR.page("/console/spokes")
    assert "시험거점 다시 열기" in page
    assert "기관의 전산망이 안전하지 않습니다" in page
    assert queries.stopped([hub, member], on=datetime.now(UTC)).keys() == {hub}
    OPERATOR.post("/console/spokes/switch", hub=f"{hub}", wanted="on")
    assert queries.is_admitted(member, on=datetime.now(UTC))
    for nobody in ("", "x", f"{UUID(int=7)}"):
        with pytest.raises(Http404):
            OPERATOR.post(
                "/console/spokes/switch",
                **{"hub": nobody, "wanted": "off", f"reason-{nobody}": "drill"},
            )


def test_a_hub_s_administrator_lists_its_own_spokes_and_no_other_s(hub: UUID) -> None:
    recruited(hub)
    today = datetime.now(UTC).date()
    other = directory.admit(name="다른거점", kind=InstitutionKind.HUB, on=today).id
    page = of(Role.HUB_ADMIN, hub).page("/console/spokes")
    assert "이음의원" in page
    assert "참여하지 않음" in page
    assert "다른거점" not in page
    assert "이음의원" not in of(Role.HUB_ADMIN, other).page("/console/spokes")
    assert "다른거점" in OPERATOR.page("/console/spokes")
    assert of(Role.DOCTOR, hub).get("/console/spokes").status_code == 403
