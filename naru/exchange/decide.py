"""The consent decision, asked of every item of one request and noted in its access record."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.audit.records import AuditedDecision
from naru.consent import queries as consent
from naru.consent.asked import Asked
from naru.consent.decision import for_patient
from naru.consent.policy import policy
from naru.consent.snapshots import Standing
from naru.domain import roles
from naru.domain.caller import Caller
from naru.domain.decision import (
    Act,
    Admission,
    Decision,
    Item,
    Path,
    Reason,
    Requester,
)
from naru.domain.departments import canonical
from naru.domain.korea import korean_day, korean_day_of
from naru.domain.person import NOBODY
from naru.domain.privacy_policies import privacy_policies
from naru.domain.roles import RoleKind
from naru.exchange import about
from naru.exchange.access import Access
from naru.exchange.paths import ways_of
from naru.exchange.patients import whole_person
from naru.exchange.people import People
from naru.patients import queries as patients
from naru.registry.values import Indexed

_POLICIES: Final = privacy_policies()


class Deciding:
    """Decides for one request. Each patient's snapshot is read once, after the request began.

    With `only_refusals` a permission leaves no trace in the access record: it was asked beside what
    the request is about. Without `of_records` nothing of a record is seen, only who somebody is.
    """

    def __init__(
        self,
        access: Access,
        act: Act,
        *,
        people: People | None = None,
        only_refusals: bool = False,
        of_records: bool = True,
    ) -> None:
        self._access = access
        self._act = act
        self._only_refusals = only_refusals
        self._of_records = of_records
        self._requester = _requester(access.caller)
        self._policy = policy(open_sandbox=settings.NARU.sandbox, on=korean_day(access.time))
        self._known: dict[UUID, tuple[Standing, ...]] = {}
        self.people = people or People()
        self._said: dict[UUID, Standing] = {}
        self._born: dict[UUID, date | None] | None = None
        self._judges: dict[tuple[UUID, Path], list[Callable[[Item], Decision]]] = {}
        self._decided: dict[str, Decision] = {}
        self.items: dict[str, Indexed] = {}
        """What was decided on, by its entryUUID."""

    def permit(self, items: Sequence[Indexed]) -> list[bool]:
        """Tell for each item whether it may be registered or shown.

        What stands is read in the same statements whether there are any items or none: how long
        the answer takes does not tell that something is there, and withheld.
        """
        whose = {item.patient for item in items} | self.people.named
        if whose or not self._said:
            self.will_concern(whose or {NOBODY})
        for one in whose:
            self._standings(one)
        return [self._permitted(item) for item in items]

    def will_concern(self, people: Collection[UUID]) -> None:
        """Read what stands for all of these at once: items of theirs are about to be decided on."""
        self.people.will_concern(people)
        members = {member for one in people for member in self.people.identity_set(one)}
        if unheard := members - self._said.keys():
            self._listen(unheard)

    def owner_of(self, entry_uuid: str) -> UUID | None:
        """Whose an object is that was decided on, by the key under which it stands."""
        item = self.items.get(entry_uuid)
        return None if item is None else item.owner

    def reason_of(self, entry_uuid: str) -> Reason | None:
        """Why an object that was decided on may be shown, or may not."""
        decided = self._decided.get(entry_uuid)
        return None if decided is None else decided.reason

    def _permitted(self, item: Indexed) -> bool:
        decided = self._decided.get(item.entry_uuid)
        if decided is not None:
            return decided.permitted
        decision = self._decide(item)
        if not (decision.permitted and self._only_refusals):
            self._note(item, decision)
        self._decided[item.entry_uuid] = decision
        self.items[item.entry_uuid] = item
        return decision.permitted

    def _decide(self, indexed: Indexed) -> Decision:
        standings = self._standings(indexed.patient)
        item = item_of(indexed)
        ways = ways_of(self._access, self._act, item, standings)
        tried = (self._by(indexed.patient, way, standings, item) for way in ways)
        first = next(tried)
        if first.permitted:
            return first
        return next((one for one in tried if one.permitted), first)

    def _by(
        self, patient: UUID, way: Path, standings: tuple[Standing, ...], item: Item
    ) -> Decision:
        """The decision by one way, for the whole person."""
        decisions = [judge(item) for judge in self._judged(patient, way, standings)]
        return next((one for one in decisions if not one.permitted), decisions[0])

    def _judged(
        self, patient: UUID, path: Path, standings: tuple[Standing, ...]
    ) -> list[Callable[[Item], Decision]]:
        """The decision on this person's items, worked out once for each path."""
        known = self._judges.get((patient, path))
        if known is None:
            requester = self._asking(patient)
            known = self._judges[patient, path] = [
                for_patient(
                    Asked(
                        requester=requester,
                        patient=patient,
                        act=self._act,
                        path=path,
                        purpose=self._access.caller.purpose,
                        time=self._access.time,
                        programme=self._access.caller.programme,
                        standing=standing,
                        policy=self._policy,
                    )
                )
                for standing in standings
            ]
        return known

    def _asking(self, patient: UUID) -> Requester:
        """Whoever asks; not admitted to anybody but the patient of whom their assertion speaks."""
        if about.admits(self._access.caller, patient, self.people.identity_set):
            return self._requester
        return replace(self._requester, admission=Admission.OF_ANOTHER_PATIENT)

    def _standings(self, patient: UUID) -> tuple[Standing, ...]:
        """What stands for the person; after a merge, what stands for each who was merged.

        Where they differ the narrower holds: nobody's withdrawal is lost in a merge.
        """
        known = self._known.get(patient)
        if known is None:
            members = self.people.identity_set(patient)
            if not self._said.keys() >= set(members):
                self._listen(members)
            said = {member: self._said[member] for member in members}
            # Whoever received one of them received the person.
            relations = tuple(one for each in said.values() for one in each.relations)
            known = self._known[patient] = tuple(
                replace(one, relations=relations) for one in whole_person.counted(said)
            )
        return known

    def _listen(self, members: Collection[UUID]) -> None:
        own = self._requester.institution
        found = consent.standings(members, own)
        if roles.kind(self._requester.role) is RoleKind.CITIZEN:
            born = self._births(members)
            found = {
                member: replace(one, birth_date=born.get(member)) for member, one in found.items()
            }
        self._said |= found

    def _births(self, members: Collection[UUID]) -> dict[UUID, date | None]:
        """The days of birth of whom a citizen speaks for, once: of others no age is ever asked.

        So what they ask for costs no more where it is another's than where it never was.
        """
        own = self._access.caller.patient
        if own is None:
            return {member: _birth_date(member) for member in members}
        if self._born is None:
            # A program may ask for somebody of whom no source ever told.
            known = self.people.survivor(own) is not None
            members = self.people.identity_set(own) if known else ()
            self._born = {each: _birth_date(each) for each in members}
        return self._born

    def _note(self, item: Indexed, decision: Decision) -> None:
        own = decision.reason is Reason.OWN_CHART
        if decision.permitted and self._act is Act.READ and self._of_records and not own:
            self._access.sees(item.patient)
        self._access.concerns(item.owner)
        self._access.decided(
            AuditedDecision(
                object_id=item.unique_id,
                permitted=decision.permitted,
                rule=decision.rule,
                reason=decision.reason,
                patient=item.owner,
            )
        )


def _requester(caller: Caller) -> Requester:
    return Requester(
        role=caller.role,
        institution=caller.institution,
        person=caller.person,
        patient=caller.patient,
        known_as=caller.known_as,
    )


def _birth_date(patient: UUID) -> date | None:
    """The day of birth in Korea; None where it is not known to the day."""
    if patient == NOBODY:
        return None
    told = patients.demographics(patient).birth_time or ""
    return korean_day_of(told) if len(told) >= len("YYYYMMDD") else None


def item_of(item: Indexed) -> Item:
    """The item as the decision is asked about it."""
    return Item(
        institution=item.institution,
        event_date=item.event_date,
        department=item.department and canonical(item.department, on=item.event_date),
        kind=item.kind,
        confidentiality=item.confidentiality,
        document=item.unique_id,
        recipients=item.recipients,
        registered=item.registered,
        consent_document=_POLICIES.is_consent_format(item.format, item.kind),
    )
