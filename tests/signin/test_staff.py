"""Posts: who gives them, who takes them up, and that an ended one ends at once."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.test import Client

from naru.accounts import posts, sessions
from naru.accounts.errors import NotFound
from naru.accounts.models import Post
from naru.accounts.posts import Invitation
from naru.directory import services as directory
from naru.domain import roles
from naru.domain.arrangements import Relationship
from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
from naru.domain.institution import Institution, InstitutionKind
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.callers import staff
from naru.exchange.consent import mandates
from naru.ui.clock import now, today
from tests import acting
from tests.exchange.hospitals import Hospital
from tests.signin.test_sign_in import known, records
from tests.signing_in import Somebody, sign_in, sign_up

DOCTOR = Somebody(name="이의사", phone="010-0000-0301")
DIRECTOR = Somebody(name="최원장", phone="010-0000-0302")


def appointed(who: Somebody, role: Role, hospital: Hospital | Institution | None) -> Client:
    """Somebody who is signed in and acts in a post."""
    client = sign_up(who)
    invitation = Invitation(
        institution=hospital.id if hospital else None,
        role=role,
        name=who.name,
        first_day=today(now()),
    )
    access = Access(transaction=staff.STAFF, caller=identify.operator(), time=now())
    post, code = staff.invite(access, invitation)
    assert client.post("/account/invitation", {"code": code.lower()}).status_code == 302
    assert client.post("/account/act-as", {"as": str(post.id)}).status_code == 302
    return client


def post_of(client: Client) -> posts.Post:
    return sessions.session(UUID(client.session["sign-in"]), now()).post


def test_a_doctor_acts_at_the_hospital_until_the_post_ends() -> None:
    hospital = Hospital()
    doctor = appointed(DOCTOR, Role.DOCTOR, hospital)
    director = appointed(DIRECTOR, Role.DIRECTOR, hospital)

    seen = doctor.get("/clinic")
    assert "로그인한 역할로는" not in seen.content.decode()
    assert doctor.get("/console/staff").status_code == 403
    page = director.get("/console/staff").content.decode()
    assert "이의사" in page
    assert director.post("/console/staff/end", {"post": str(post_of(doctor).id)}).status_code == 302
    assert doctor.get("/clinic").headers["Location"].startswith("/sign-in")
    again = sign_in(DOCTOR)
    assert (
        again.post("/account/act-as", {"as": str(Post.objects.first().public_id)}).status_code
        == 403
    )


def test_a_post_counts_from_its_first_to_its_last_day_and_while_its_institution_takes_part() -> (
    None
):
    hospital = Hospital()
    doctor = appointed(DOCTOR, Role.DOCTOR, hospital)
    first = Post.objects.filter(public_id=post_of(doctor).id)

    directory.suspend(hospital.id, on=now())
    assert "그 자격으로 볼 수 없" in doctor.get("/clinic").content.decode()
    directory.approve(hospital.id, on=now())
    yesterday = today(now()) - timedelta(days=1)
    first.update(first_day=yesterday, last_day=yesterday)
    assert doctor.get("/clinic").status_code == 302
    assert posts.value(first.get()).holds_on(yesterday)


def test_an_invitation_is_for_the_person_whom_it_names_and_good_once() -> None:
    hospital = Hospital()
    access = Access(transaction=staff.STAFF, caller=identify.operator(), time=now())
    invitation = Invitation(
        institution=hospital.id, role=Role.NURSE, name=DOCTOR.name, first_day=today(now())
    )
    _post, code = staff.invite(access, invitation)
    other = sign_up(DIRECTOR)
    right = sign_up(DOCTOR)

    assert other.post("/account/invitation", {"code": code}).status_code == 403
    assert right.post("/account/invitation", {"code": code}).status_code == 302
    assert right.post("/account/invitation", {"code": code}).status_code == 403
    assert other.post("/account/act-as", {"as": str(_post.id)}).status_code == 403


def test_an_administrator_gives_only_what_is_theirs_to_give() -> None:
    hospital, elsewhere = Hospital(), Hospital()
    director = appointed(DIRECTOR, Role.DIRECTOR, hospital)
    theirs = {"name": "박간호", "institution": str(elsewhere.id), "role": "nurse"}

    answer = director.post("/console/staff/invite", theirs)
    assert answer.status_code == 200
    assert Post.objects.order_by("-pk").first().institution == hospital.id  # Never elsewhere.
    for role in ("operator", "director", "auditor", "patient", "system", "no-such-role"):
        assert director.post("/console/staff/invite", theirs | {"role": role}).status_code == 422
    foreign, _code = staff.invite(
        Access(transaction=staff.STAFF, caller=identify.operator(), time=now()),
        Invitation(institution=elsewhere.id, role=Role.NURSE, name="김", first_day=today(now())),
    )
    assert director.post("/console/staff/end", {"post": str(foreign.id)}).status_code == 422
    caller = Caller(
        role=Role.DOCTOR,
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.SESSION,
        institution=hospital.id,
    )
    with pytest.raises(staff.MayNotAppoint):
        staff.staff(Access(transaction=staff.STAFF, caller=caller, time=now()), hospital.id)


def test_the_operator_sees_to_every_institution() -> None:
    hospital = Hospital()
    appointed(DOCTOR, Role.DOCTOR, hospital)
    operator = appointed(Somebody(name="강운영", phone=""), Role.OPERATOR, None)

    assert "강운영" in operator.get("/console/staff").content.decode()
    assert "이의사" in operator.get(f"/console/staff?institution={hospital.id}").content.decode()
    assert operator.get("/console").status_code == 200
    assert operator.get("/console/links").status_code == 200
    assert operator.get("/portal").status_code == 403


def test_days_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="order"):
        Invitation(
            institution=None,
            role=Role.OPERATOR,
            name="강운영",
            first_day=date(2026, 1, 2),
            last_day=date(2026, 1, 1),
        )
    with pytest.raises(NotFound):
        posts.end(UUID(int=1), None, everywhere=True, now=now())


def test_a_representative_acts_for_whom_they_represent_until_the_mandate_ends() -> None:
    """A43: the record names both; a mandate that ended opens nothing from the next request on."""
    parent = known(DIRECTOR, "TEST-31")
    helper = sign_up(DOCTOR)
    account = sessions.session(UUID(helper.session["sign-in"]), now()).account
    caller = identify.patient(parent, address="")
    access = Access(transaction="mandate", caller=caller, time=now())
    last = today(now()) + timedelta(days=30)
    mandate = mandates.give(access, parent, account, Relationship.MANDATARY, last=last)

    assert helper.get("/portal").status_code == 403  # Nobody yet is known as the helper's patient.
    assert helper.post("/account/act-as", {"as": str(parent)}).status_code == 302
    assert "최원장" in helper.get("/portal").content.decode()
    callers = [one.caller for one in records()]
    looked = {(one.role, one.person, one.patient) for one in callers}
    assert (Role.REPRESENTATIVE, account, parent) in looked
    ending = Access(transaction="mandate", caller=caller, time=now())
    mandates.end(ending, parent, mandate)
    answer = helper.get("/portal")
    assert answer.status_code == 403
    assert "최원장" not in answer.content.decode()
    assert helper.get("/account").status_code == 200
    assert helper.post("/account/act-as", {"as": str(parent)}).status_code == 403


def test_a_doctor_opens_a_patient_of_the_own_institution_alone() -> None:
    here, there = Hospital(), Hospital()
    mine, theirs = here.patient(), there.patient()
    doctor = appointed(DOCTOR, Role.DOCTOR, here)

    assert doctor.get("/clinic").headers["Location"] == "/clinic/patient"
    assert (
        doctor.post(
            "/clinic/patient", {"number": theirs.own.value, "reason": "outpatient"}
        ).status_code
        == 422
    )
    assert (
        doctor.post(
            "/clinic/patient", {"number": mine.own.value, "reason": "outpatient"}
        ).status_code
        == 302
    )
    assert "김나루" in doctor.get("/clinic").content.decode()


def test_a_post_at_the_operating_body_makes_nobody_an_operator() -> None:
    """Nobody treats patients there, and a post in care opens nothing of the operator's."""
    body = directory.admit(name="운영기관", kind=InstitutionKind.OPERATOR, on=today(now()))
    director = appointed(DIRECTOR, Role.DIRECTOR, body)
    nurse = {"name": DOCTOR.name, "role": "nurse"}
    assert director.post("/console/staff/invite", nurse).status_code == 422
    invited = acting.staff(Role.NURSE, body.id, DOCTOR.name)  # As if it were a post of before.

    for path in ("/console", "/console/staff", "/console/links", "/console/clients"):
        assert invited.get(path).status_code == 403, path
    assert invited.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Role.INSURER_CLERK, InstitutionKind.HUB),
        (Role.INSURER_CLERK, InstitutionKind.AGENCY),
        (Role.AGENCY_CLERK, InstitutionKind.INSURER),
        (Role.HIRA_DESK, InstitutionKind.MEMBER),
        (Role.OPERATOR, InstitutionKind.HUB),
        (Role.CALL_CENTRE_AGENT, InstitutionKind.HUB),
        (Role.PHARMACIST, InstitutionKind.AGENCY),
        (Role.DOCTOR, InstitutionKind.OPERATOR),
        (Role.HUB_ADMIN, InstitutionKind.MEMBER),
    ],
)
def test_nobody_is_what_such_an_institution_has_none_of(role: Role, kind: InstitutionKind) -> None:
    there = directory.admit(name="시험기관", kind=kind, on=today(now()))
    with pytest.raises(staff.MayNotAppoint):
        appointed(DOCTOR, role, there)


def test_a_pharmacist_may_be_at_any_hospital() -> None:
    assert appointed(DOCTOR, Role.PHARMACIST, Hospital()).get("/account").status_code == 200


def test_whoever_is_of_no_institution_ends_nobody_s_post_but_as_an_operator() -> None:
    operator = appointed(Somebody(name="강운영", phone=""), Role.OPERATOR, None)
    hub_admin = appointed(DIRECTOR, Role.HUB_ADMIN, None)
    theirs = {"post": str(post_of(operator).id)}

    assert hub_admin.post("/console/staff/end", theirs).status_code == 422
    assert operator.get("/console").status_code == 200


def test_whom_one_had_open_at_one_institution_is_not_open_at_the_next() -> None:
    here, there = Hospital(), Hospital()
    mine = here.patient()
    doctor = appointed(DOCTOR, Role.DOCTOR, here)
    assert (
        doctor.post(
            "/clinic/patient", {"number": mine.own.value, "reason": "outpatient"}
        ).status_code
        == 302
    )
    invitation = Invitation(
        institution=there.id, role=Role.DOCTOR, name=DOCTOR.name, first_day=today(now())
    )
    access = Access(transaction=staff.STAFF, caller=identify.operator(), time=now())
    post, code = staff.invite(access, invitation)
    doctor.post("/account/invitation", {"code": code})
    key = doctor.session.session_key

    assert doctor.post("/account/act-as", {"as": str(post.id)}).status_code == 302
    assert doctor.session.session_key != key
    assert doctor.get("/clinic").headers["Location"] == "/clinic/patient"
    assert doctor.get("/account").status_code == 200


def test_whoever_may_act_as_nobody_still_shows_a_factor_before_changing_how_they_sign_in() -> None:
    hospital = Hospital()
    doctor = appointed(DOCTOR, Role.DOCTOR, hospital)
    directory.suspend(hospital.id, on=now())
    shown = now() - timedelta(hours=1)
    sessions.SignIn.objects.update(passkey_at=None, identity_at=shown)

    for path in ("/account/password", "/account/passkeys", "/account/recovery"):
        answer = doctor.post(path, {"login": "TEST-login", "password": "TEST-long-password-1"})
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/sign-in/confirm/passkey"), path
    assert doctor.get("/account").status_code == 200


def test_nobody_is_appointed_in_care_at_no_institution_or_at_one_that_is_not_known() -> None:
    access = Access(transaction=staff.STAFF, caller=identify.operator(), time=now())
    for role, institution in ((Role.DOCTOR, None), (Role.RECEPTION, None), (Role.DOCTOR, 1)):
        invitation = Invitation(
            institution=None if institution is None else UUID(int=institution),
            role=role,
            name="시험",
            first_day=today(now()),
        )
        with pytest.raises(staff.MayNotAppoint):
            staff.invite(access, invitation)
    assert not Post.objects.exists()


def test_an_officer_and_a_desk_read_the_names_of_their_own_people() -> None:
    hospital = Hospital()
    reception = appointed(Somebody(name="최접수", phone="010-0000-0311"), Role.RECEPTION, hospital)
    officer = appointed(
        Somebody(name="정보호", phone="010-0000-0312"), Role.PRIVACY_OFFICER, hospital
    )
    reception.get("/console/inbox")
    post = post_of(reception)
    caller = Caller(
        role=Role.RECEPTION,
        purpose=PurposeOfUse.OPERATIONS,
        assurance=Assurance.SESSION,
        institution=hospital.id,
        person=post.account,
    )

    page = officer.get("/console/accesses", {"all": "1"}).content.decode()

    assert "최접수" in page
    assert str(post.account) not in page
    assert staff.own_name(caller) == "최접수"


def test_a_steward_reads_in_the_inbox_of_the_role_what_waits() -> None:
    known(DOCTOR)
    sign_up(Somebody(name=DOCTOR.name, phone="010-0000-0399"))
    steward = appointed(Somebody(name="강잇는", phone=""), Role.STEWARD, None)
    nurse = appointed(Somebody(name="박간호", phone=""), Role.NURSE, Hospital())

    page = steward.get("/console/inbox").content.decode()
    assert "확인할 환자 연결이 있습니다" in page
    assert DOCTOR.name not in page
    assert "확인할 환자 연결" not in nurse.get("/console/inbox").content.decode()
    assert sign_up(DIRECTOR).get("/console/inbox").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "가" * 61}, {"role": "operator"}, {"role": "x\x00"},
        {"first_day": "2026-02-30"}, {"last_day": "x"}, {"last_day": "2001-01-01"},
    ],
    ids=str,
)  # fmt: skip
def test_a_refused_invitation_keeps_what_was_typed(wrong: dict[str, str]) -> None:
    hospital = Hospital()
    director = acting.staff(Role.DIRECTOR, hospital.id, "최원장")
    before = Post.objects.count()
    typed = {
        "name": "박<b>간호", "role": "nurse", "department": '내과"', "licence": "TEST-7",
        "first_day": f"{today(now())}", "last_day": "",
    } | wrong  # fmt: skip

    answer = director.post("/console/staff/invite", typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in page
    assert 'value="내과&quot;"' in page
    assert 'value="TEST-7"' in page
    assert f'value="{typed["first_day"]}"' in page
    assert "박<b>" not in page
    if typed["role"] == "nurse":
        assert '<option value="nurse" selected>' in page
    assert Post.objects.count() == before


def test_the_operator_gives_the_operating_body_its_privacy_officer() -> None:
    operator = acting.staff(Role.OPERATOR, None, "강운영")
    form = {"name": "이보호", "role": "privacy-officer", "institution": ""}

    assert operator.post("/console/staff/invite", form).status_code == 200

    assert Post.objects.get(role="privacy-officer").institution is None


@pytest.mark.parametrize("kind", [*InstitutionKind, None], ids=str)
def test_each_role_is_given_at_each_kind_of_institution_as_the_table_says_and_no_other(
    kind: InstitutionKind | None,
) -> None:
    there = None if kind is None else directory.admit(name="시험", kind=kind, on=today(now())).id
    given = set()
    for role in Role:
        access = Access(transaction=staff.STAFF, caller=identify.operator(), time=now())
        try:
            staff.invite(
                access,
                Invitation(institution=there, role=role, name="시험", first_day=today(now())),
            )
        except staff.MayNotAppoint:
            continue
        given.add(role)

    able = set(roles.appointable(by_operator=True))
    if kind is None:  # The operating body: its own, and whom it alone appoints.
        body = InstitutionKind.OPERATOR
        theirs = {one for one in able if roles.belongs(one, body)}
        assert given == theirs | (able - set(roles.appointable(by_operator=False)))
    else:
        assert given == {one for one in able if kind in roles.role_table().roles[one].kinds}
    assert not given & {Role.PATIENT, Role.REPRESENTATIVE, Role.SYSTEM}
    assert Post.objects.count() == len(given)
