"""Joining, changing and leaving: a step is recorded by its party, seen by all, told to the next.

Who acts follows from the caller: somebody of the hub, of the institution itself, or of the
operating body, which may enter what another party handed in on paper; the entry then says so.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.accounts import people
from naru.accounts.errors import NotFound
from naru.audit.records import AuditedObject
from naru.directory import cases, queries, services
from naru.directory import joining as directory
from naru.directory.errors import Incomplete, NotThisParty, UnknownCase
from naru.domain import roles
from naru.domain.caller import Caller, Role
from naru.domain.institution import InstitutionKind
from naru.domain.joining import Case, Kind, Party, State, Step
from naru.domain.korea import korean_day
from naru.domain.paper import Signer
from naru.exchange.access import Access, changing, reading
from naru.exchange.institutions import certificates, joining_effects, joining_papers
from naru.exchange.institutions.admission import INSTITUTION
from naru.notifications import services as notifications
from naru.notifications.recipients import Recipient
from naru.security.authority import Certified, create_authority

CASE: Final = "joining case"
"""The kind of an audited object that is a case, by its key."""

SHEET: Final = "joining paper"

LONGEST_NAME: Final = 200
"""Characters of an institution's name: the column's."""


def recruit(access: Access, name: str, *, hub: UUID | None) -> Case:
    """Note an institution that may join, and open its case; without a hub it is to be one itself.

    A hub recruits for itself, the operating body for any. Raises `directory.errors`.
    """
    with changing(access):
        own = access.caller.institution
        if access.caller.role is not Role.OPERATOR and (own is None or hub != own):
            raise NotThisParty("A hub recruits its own spokes.")
        if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
            raise Incomplete("An institution has a name, of a line at most.")
        kind = InstitutionKind.HUB if hub is None else InstitutionKind.MEMBER
        institution = services.note(name=name.strip(), kind=kind, hub=hub)
        case = directory.begin(Kind.JOIN, institution, time=access.time)
        _done(access, case)
    return case


def begin(access: Access, kind: Kind, institution: UUID) -> Case:
    """Open a case of change or termination for an institution that takes part."""
    with changing(access):
        found = queries.by_id(institution, on=access.time)
        if found is None or not _concerns(access.caller, found.id, found.hub):
            raise UnknownCase("There is no such institution here.")
        case = directory.begin(kind, institution, time=access.time)
        _done(access, case)
    return case


def record(
    access: Access,
    case: UUID,
    step: str,
    content: Mapping[str, str],
    *,
    acting: Party | None = None,
    identified: str = "",
) -> Case:
    """Record the awaited step and do what comes with it. Raises `directory.errors`.

    `acting` is the party whose paper the operating body enters. `identified` says how a director
    who signs was identified just now; the operating body says it of a paper among the content.
    """
    with changing(access):
        before, party = _mine(access, case, acting)
        own = party_of(access.caller, before)
        doing = _step(before, step)
        joining_effects.require(before, doing)
        given = joining_effects.prepared(before, doing, content, access.time)
        _require_role(access.caller, doing, party, acting)
        if doing.signed:
            given |= _signer(access.caller, identified)
        after = directory.record(
            case,
            step,
            party,
            given,
            person=access.caller.person,
            time=access.time,
            entered_by=Party.OPERATOR if acting is not None and acting is not own else None,
        )
        if doing.signed:
            _sign(before, doing, party, given, access.time, last=after.step != step)
        else:
            joining_effects.carry_out(after, doing, access.time)
        after = cases.case(case)  # With the papers that it has by now.
        _done(access, after)
    return after


def give_back(
    access: Access, case: UUID, step: str, reason: str, *, acting: Party | None = None
) -> Case:
    """Give a case back to an earlier step, with the reason."""
    with changing(access):
        _before, party = _mine(access, case, acting)
        _require_people(access.caller, party)
        after = directory.give_back(
            case, step, party, reason, person=access.caller.person, time=access.time
        )
        _done(access, after)
    return after


def close(access: Access, case: UUID, reason: str, *, acting: Party | None = None) -> Case:
    """End a case unfinished: the applicant withdraws, the others refuse."""
    with changing(access):
        _before, party = _mine(access, case, acting)
        _require_people(access.caller, party)
        after = directory.close(case, party, reason, person=access.caller.person, time=access.time)
        _done(access, after)
    return after


def request_certificate(access: Access, case: UUID, request: bytes) -> Certified:
    """A test certificate for the key of a request (PKCS#10, PEM); the live one comes by admission.

    The key is that of whoever joins: nobody of the hub hands in one of its own for it. Raises
    Incomplete, NotThisParty.
    """
    with changing(access):
        before, party = _mine(access, case, None)
        if party is Party.HUB:
            raise NotThisParty("A certificate is requested for the institution's own key.")
        _require_people(access.caller, party)
        institution = queries.by_id(before.institution, on=access.time)
        if institution is None:
            raise UnknownCase("No case has this key.")
        made = certificates.issue(institution, request, access.time, test=True)
        directory.keep_request(case, request)
        access.objects.append(AuditedObject(certificates.CERTIFICATE, made.fingerprint_sha256))
        _note(access, before)
    return made


def case(access: Access, key: UUID) -> Case:
    """One case, for a party of it. Raises UnknownCase for anybody else."""
    with reading(access):
        found, _party = _mine(access, key, None)
        _note(access, found)
    return found


def inbox(access: Access) -> tuple[Case, ...]:
    """Every case that the caller is a party of, those that await the caller first."""
    with reading(access):
        caller = access.caller
        if caller.role is Role.OPERATOR:
            found = cases.every()
        else:
            found = () if caller.institution is None else cases.of_institution(caller.institution)
        return tuple(sorted(found, key=lambda one: not awaited_of(caller, one)))


def awaited_of(caller: Caller, one: Case) -> bool:
    """Whether the case awaits this caller."""
    return party_of(caller, one) in cases.awaits(one)


def party_of(caller: Caller, one: Case) -> Party | None:
    """As which party the caller acts in a case; None for a stranger to it."""
    if caller.role is Role.OPERATOR:
        return Party.OPERATOR
    if caller.institution is None:
        return None
    return {one.hub: Party.HUB, one.institution: Party.SPOKE}.get(caller.institution)


def sheet(access: Access, case_key: UUID, key: UUID) -> bytes:
    """A paper of a case (PDF), for a party of the case. Raises UnknownCase."""
    with reading(access):
        found, _party = _mine(access, case_key, None)
        if key not in {one.id for one in found.sheets}:
            raise UnknownCase("No paper has this key.")
        access.objects.append(AuditedObject(SHEET, str(key)))
        return cases.pdf_of(key)


def _mine(access: Access, key: UUID, acting: Party | None) -> tuple[Case, Party]:
    found = cases.case(key)
    party = party_of(access.caller, found)
    if party is None:
        raise UnknownCase("No case has this key.")
    if acting is None or acting is party:
        return found, party
    if party is not Party.OPERATOR:
        raise NotThisParty("Nobody acts for another party but the operating body.")
    return found, acting


def _step(found: Case, step: str) -> Step:
    try:
        return found.procedure.step(step)
    except KeyError:
        raise UnknownCase("The case has no such step.") from None


def _concerns(caller: Caller, institution: UUID, hub: UUID | None) -> bool:
    return caller.role is Role.OPERATOR or caller.institution in {institution, hub}


def _require_role(caller: Caller, step: Step, party: Party, acting: Party | None) -> None:
    """Each party's own people of the right role; the operating body's enter others' papers, too."""
    if caller.role is Role.OPERATOR:
        if step.signed and party is not Party.OPERATOR and acting is None:
            raise NotThisParty("An agreement is signed by a director.")
        return
    if not step.signed:
        _require_people(caller, party)
    elif not roles.may(caller.role, "sign-agreement"):
        raise NotThisParty("This step is for people of another role.")


def _require_people(caller: Caller, party: Party) -> None:
    """Each party's own people of the right role, or the operating body's."""
    wanted = "apply-to-join" if party is Party.SPOKE else "review-joining"
    if caller.role is not Role.OPERATOR and not roles.may(caller.role, wanted):
        raise NotThisParty("This step is for people of another role.")


def _signer(caller: Caller, identified: str) -> dict[str, str]:
    """Who signs, as they were verified, and how they were identified for it just now."""
    if caller.role is Role.OPERATOR and caller.person is None:
        return {}  # A command, which enters what stands on the paper.
    if not identified:
        raise NotThisParty("An agreement is signed by a director who was identified for it.")
    told = {} if caller.person is None else {"name": _verified_name(caller.person)}
    return told | {"identified": identified}


def _verified_name(person: UUID) -> str:
    """The name that was verified of whoever signs: nobody signs under another's."""
    try:
        return people.name_of(person)
    except NotFound:
        raise NotThisParty("Nobody who is known here signs.") from None


def _sign(  # What a signature is made of.
    before: Case,
    step: Step,
    party: Party,
    content: Mapping[str, str],
    now: datetime,
    *,
    last: bool,
) -> None:
    """Put one more signature on the agreement; with the last, an original lies in each store.

    The signer's key is made for this signature and forgotten: what proves who signed is the record
    of how the person was identified, which the signature names.
    """
    draft = joining_effects.DRAFT + step.paper
    newest = [one for one in before.sheets if one.kind == draft][-1]
    called = joining_papers.names(before)[party]
    authority = create_authority(settings.NARU.authority, now)
    name = content.get("name", "") or called
    issued = authority.issue_signer(name, called, now)
    signed = settings.PRESS.sign(
        cases.pdf_of(newest.id),
        Signer(
            key=issued.key,
            certificate=issued.certificate,
            authority=authority.certificate,
            name=name,
            reason=f"{step.korean}: {content.get('identified', '')}",
        ),
        field=party.value,
    )
    directory.replace_sheets(before.id, draft)
    if not last:
        directory.file_sheet(before.id, draft, None, signed, time=now)
        return
    for holder in (before.hub, before.institution):
        directory.file_sheet(before.id, step.paper, holder, signed, time=now)


def _done(access: Access, after: Case) -> None:
    _note(access, after)
    _tell(after, access.time)


def _note(access: Access, found: Case) -> None:
    access.objects.append(AuditedObject(CASE, str(found.id)))
    access.objects.append(AuditedObject(INSTITUTION, str(found.institution)))


def _tell(found: Case, now: datetime) -> None:
    """Tell those whom the case awaits now; the operating body looks into its own inbox."""
    if found.state is not State.OPEN:
        return
    signed = found.procedure.step(found.step).signed
    kind = "agreement-to-sign" if signed else "joining-step"
    if found.procedure.kind is Kind.TERMINATION:
        kind = "termination"
    until = next((one.content["until"] for one in found.entries if one.content.get("until")), "")
    values = {
        "institution": joining_papers.names(found)[Party.SPOKE],
        "case": str(found.id)[:8],
        "day": korean_day(now).isoformat(),
        "until": until[:10] or korean_day(now).isoformat(),
    }
    whom = {Party.HUB: found.hub, Party.SPOKE: found.institution}
    role = Role.DIRECTOR if signed else Role.HUB_ADMIN
    for party in cases.awaits(found):
        institution = whom.get(party)
        if institution is None:
            continue
        to = Recipient.at_institution(institution, Role.DIRECTOR if party is Party.SPOKE else role)
        key = f"{found.id.hex}-{len(found.entries)}-{party}"
        notifications.notify(kind, to, values, key=key)
