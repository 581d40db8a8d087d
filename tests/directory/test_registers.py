"""Places, departments, custody, closure and groups, and the lists that they come from."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from naru.directory import queries, registers, services
from naru.directory.errors import UnknownInstitution
from naru.directory.models import Listed
from naru.domain.departments import DepartmentSystem
from naru.domain.institution import InstitutionKind
from naru.domain.registers import Closure, Custody, DepartmentAt, Listing, Profile
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.institutions import registers as exchange
from naru.formats import institution_lists
from naru.formats.institution_lists import ListRefused

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 1, 1)
NOW = datetime(2026, 11, 21, tzinfo=UTC)
OPEN = "암호화요양기호,요양기관명,종별코드,주소,전화번호,좌표(X),좌표(Y)\n"


def hospital(oid: str, hub: UUID | None = None) -> UUID:
    kind = InstitutionKind.MEMBER if hub else InstitutionKind.HUB
    return services.admit(name=f"시험 {oid}", kind=kind, on=DAY, oid=oid, hub=hub).id


def access() -> Access:
    return Access(transaction="TEST", caller=identify.operator(), time=NOW)


def test_a_hub_s_administrator_sees_its_spokes() -> None:
    hub, other = hospital("2.999.5"), hospital("2.999.6")
    spoke = hospital("2.999.7", hub)
    hospital("2.999.8", other)
    assert [one.id for one in exchange.spokes(access(), hub)] == [spoke]


def test_custody_says_what_lies_where_and_the_exchange_s_own_store_is_named() -> None:
    one = hospital("2.999.5")
    custody = Custody(
        custodian="시험보관",
        contract="TEST-1",
        scope="2020년까지",
        location="시험시",
        valid_from=DAY,
    )
    exchange.take_custody(access(), one, custody)
    found = exchange.kept(access(), one)
    assert found.custodies == (custody,)
    assert (found.repository, found.store, found.closure) == ("", "", None)
    from naru.repository import services as repository

    repository.establish(oid="2.999.5.1", institution=one, name="시험")
    spoke = hospital("2.999.7", one)
    assert exchange.kept(access(), spoke).repository == "2.999.5.1"
    assert exchange.kept(access(), spoke).store.startswith("file:")


def test_a_closed_institution_s_records_have_a_keeper() -> None:
    one = hospital("2.999.5")
    closure = Closure(closed=DAY, keeper="시험보건소", location="시험시", until=date(2036, 1, 1))
    exchange.close(access(), one, closure)
    assert exchange.kept(access(), one).closure == closure
    with pytest.raises(UnknownInstitution):
        exchange.close(access(), uuid4(), closure)


def test_departments_are_those_of_a_day() -> None:
    one = hospital("2.999.5")
    first = DepartmentAt(system=DepartmentSystem.HIRA, code="01")
    second = DepartmentAt(system=DepartmentSystem.EGEN, code="D002")
    assert registers.have_departments(one, [first], on=DAY)
    assert not registers.have_departments(one, [first], on=DAY)
    later = DAY + timedelta(days=10)
    assert registers.have_departments(one, [second], on=later)
    assert registers.departments_of(one, on=DAY) == (first,)
    assert registers.departments_of(one, on=later) == (second,)


def test_groups_share_a_portal_under_their_own_name_and_colour() -> None:
    first, second, other = (hospital(f"2.999.{n}") for n in (5, 6, 7))
    made = exchange.found_group(access(), "시립병원", "City hospitals", "#0b50d0", (first, second))
    assert set(registers.group(made.id).members) == {first, second}
    assert other not in registers.group(made.id).members
    with pytest.raises(registers.UnknownGroup):
        registers.group(uuid4())


@pytest.mark.parametrize(
    "wrong",
    [
        {"latitude": 91.0, "longitude": 1.0},
        {"latitude": float("nan"), "longitude": 1.0},
        {"latitude": 1.0},
        {"hours": ("always",)},
        {"address": "가" * 400},
    ],
)
def test_a_place_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Profile(**wrong)  # type: ignore[arg-type]  # What is wrong on purpose.


def test_a_dry_run_says_what_it_would_do_and_changes_nothing() -> None:
    one = hospital("2.999.5")
    text = (
        "oid,address,telephone,latitude,longitude,hours,departments\n"
        "2.999.5,시험시 나루길 1,02-000-0000,37.5,127.0,"
        "mon 09:00-18:00;sat 09:00-13:00,hira:01;hie:0200\n"
        "2.999.404,없는 곳,,,,,\n"
        "no,x,,,,,\n"
        "2.999.5,x,,500,1,,\n"
        "2.999.5,x,,,,,elsewhere:01\n"
    )
    rows, refused = institution_lists.read_described(text.encode("cp949"))
    assert [line for line, _why in refused] == [4, 5, 6]
    assert not any("500" in why or "elsewhere" in why for _line, why in refused)
    dry = exchange.take_described(access(), rows, dry=True)
    assert (dry.changed, len(dry.refused)) == (1, 1)
    assert registers.profile_of(one) is None
    assert exchange.take_described(access(), rows, dry=False).changed == 1
    assert exchange.take_described(access(), rows, dry=True).same == 1
    found = registers.profile_of(one)
    assert found is not None
    assert found.hours == ("mon 09:00-18:00", "sat 09:00-13:00")
    assert len(registers.departments_of(one, on=NOW.date())) == 2


def test_open_data_are_candidates_and_never_joined_with_a_code() -> None:
    """Even a ykiho that looks like a known 요양기관기호 says nothing of its institution."""
    services.admit(name="가", kind=InstitutionKind.HUB, on=DAY, code="TEST-1")
    text = OPEN + "TEST-1,나루의원,31,시험시,,127.0,37.5\nJDQ4,둘째,31,,,,\n,셋째,31,,,,\n"
    rows, refused = institution_lists.read_open_data(text.encode())
    assert [line for line, _why in refused] == [4]
    assert exchange.take_open_data(access(), rows, dry=True).new == 2
    assert not Listed.objects.exists()
    done = exchange.take_open_data(access(), rows, dry=False)
    assert (done.new, done.changed, done.same) == (2, 0, 0)
    again = exchange.take_open_data(access(), [*rows, changed(rows[0])], dry=False)
    assert (again.new, again.changed, again.same) == (0, 1, 2)
    assert [one.name for one in registers.listings(like="나루")] == ["나루병원"]
    assert len(queries.all_institutions(on=DAY)) == 1
    columns = {field.name for field in Listed._meta.get_fields()}
    assert not columns & {"institution", "code"}


def changed(row: Listing) -> Listing:
    from dataclasses import replace

    return replace(row, name="나루병원")


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b'oid,"', OPEN.encode()[:20], b"\x00"],
)
def test_what_is_no_such_list_is_refused_in_a_sentence(content: bytes) -> None:
    for read in (institution_lists.read_described, institution_lists.read_open_data):
        with pytest.raises(ListRefused):
            read(content)
