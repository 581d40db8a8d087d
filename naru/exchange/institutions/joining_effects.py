"""What comes with the record of a step, in its transaction: paper, number, admission, end."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings

from naru.directory import cases, joining, numbers, queries, services
from naru.directory.errors import Incomplete, NoticeTooShort
from naru.directory.queries import System
from naru.domain.institution import Institution, InstitutionKind
from naru.domain.joining import Case, Effect, Proof, Step
from naru.domain.korea import KST, korean_day
from naru.exchange.institutions import joining_papers
from naru.exchange.institutions.certificates import has_test_certificate, issue
from naru.patients import services as patients
from naru.repository import queries as repositories
from naru.repository import services as repository

DRAFT: Final = "서명 전 "
"""What stands before the name of a paper that is not signed by all yet."""

_REPOSITORY: Final = "1"
"""The arc below a hub's number that is its repository."""


def require(case: Case, step: Step) -> None:
    """Raise Incomplete where something is not there that the step needs."""
    if Proof.TEST_CERTIFICATE in step.needs and not has_test_certificate(case.institution):
        raise Incomplete("No test certificate was issued yet.")


def prepared(case: Case, step: Step, content: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What is recorded, with what the effect of the step will read brought into its form.

    Raises Incomplete, NoticeTooShort.
    """
    kept = dict(content)
    if step.effect is Effect.END:
        kept["until"] = _end(case, kept.get("until", "").strip(), now).isoformat()
    if "from" in {one.id for one in step.fields} and kept.get("from"):
        kept["from"] = _day(kept["from"]).isoformat()
    return kept


def carry_out(case: Case, step: Step, now: datetime) -> None:
    """What the step does, once it is recorded; `case` is as it stands after it."""
    if step.paper and not step.signed:
        pdf = settings.PRESS.print(joining_papers.of_step(case, step))
        joining.file_sheet(case.id, step.paper, case.institution, pdf, time=now)
    _EFFECTS[step.effect](case, now)


def _nothing(_case: Case, _now: datetime) -> None:
    return


def _fill_agreement(case: Case, now: datetime) -> None:
    signing = next(one for one in case.procedure.steps if one.signed)
    pdf = settings.PRESS.print(joining_papers.agreement(case, signing))
    joining.replace_sheets(case.id, DRAFT + signing.paper)
    joining.file_sheet(case.id, DRAFT + signing.paper, None, pdf, time=now)


def _issue_oid(case: Case, now: datetime) -> None:
    institution, day = _institution(case, now), korean_day(now)
    if institution.oid is None:
        oid = numbers.next_oid(settings.NARU.oid_root)
        services.designate(case.institution, System.OID, oid, on=day)
        patients.know_domain(oid)
    code = case.content("application").get("code", "")
    if code and institution.code is None:
        services.designate(case.institution, System.CODE, code, on=day)


def _admit(case: Case, now: datetime) -> None:
    institution = _institution(case, now)
    request = cases.request_of(case.id)
    if request is not None:
        issue(institution, request, now)
    keeps = repositories.of_institution(institution.id) is not None
    if institution.kind is InstitutionKind.HUB and not keeps:
        repository.establish(
            oid=f"{institution.oid}.{_REPOSITORY}",
            institution=institution.id,
            name=institution.name,
        )
    services.approve(case.institution, on=now)


def _change(case: Case, _now: datetime) -> None:
    asked = case.content("application")
    services.change_code(case.institution, asked["code"], from_date=_day(asked["from"]))


def _end_participation(case: Case, _now: datetime) -> None:
    until = next(one.content["until"] for one in case.entries if "until" in one.content)
    services.suspend(case.institution, on=datetime.fromisoformat(until))


def _end(case: Case, asked: str, now: datetime) -> datetime:
    earliest = now + timedelta(days=case.procedure.notice_days)
    if not asked:
        return earliest
    try:
        end = datetime.fromisoformat(asked)
    except ValueError as error:
        raise Incomplete("The end is a day (YYYY-MM-DD), or a moment.") from error
    end = end if end.tzinfo else end.replace(tzinfo=KST)
    if end < earliest:
        raise NoticeTooShort(f"Notice is given {case.procedure.notice_days} days before, or more.")
    return end


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Incomplete("A day is written YYYY-MM-DD.") from error


def _institution(case: Case, now: datetime) -> Institution:
    found = queries.by_id(case.institution, on=now)
    assert found is not None, "a case is of an institution that is known"
    return found


_EFFECTS: Final[Mapping[Effect, Callable[[Case, datetime], None]]] = {
    Effect.NONE: _nothing,
    Effect.FILL_AGREEMENT: _fill_agreement,
    Effect.ISSUE_OID: _issue_oid,
    Effect.ADMIT: _admit,
    Effect.CHANGE: _change,
    Effect.END: _end_participation,
}
