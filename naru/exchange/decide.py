"""The consent decision, asked of every item of one request and noted in its access record."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from django.conf import settings

from naru.audit.records import AuditedDecision
from naru.consent import queries as consent
from naru.consent.decision import decide
from naru.consent.policy import policy
from naru.consent.snapshots import Standing
from naru.domain import roles
from naru.domain.arrangements import Relation, RelationKind
from naru.domain.caller import Caller
from naru.domain.decision import (
    Act,
    Admission,
    Decision,
    Item,
    Path,
    Question,
    Reason,
    Requester,
)
from naru.domain.departments import canonical
from naru.domain.korea import korean_day
from naru.domain.privacy_policies import privacy_policies
from naru.exchange import about
from naru.exchange.access import Access
from naru.exchange.people import People
from naru.patients import queries as patients
from naru.registry import queries as registry
from naru.registry.values import Indexed

_CONSENT_FORMATS: Final = frozenset(
    f"{code.code}^^{code.scheme}" for code in privacy_policies().format_codes
)

_TREATING: Final = roles.treating()
"""Who counts as treating whom they ask for: everybody at an approved institution of care.

Reception, booking and accepted referral, which rule 10 asks for, are not known here yet. An agency
or an operator has a role of its own (see `identify`) and treats nobody.
"""


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
        self._people = people or People()
        self._said: dict[UUID, Standing] = {}
        self._decided: dict[str, bool] = {}
        self._patients: dict[str, UUID] = {}

    def permit(self, items: Sequence[Indexed]) -> list[bool]:
        """Tell for each item whether it may be registered or shown."""
        return [self._permitted(item) for item in items]

    def will_concern(self, people: Collection[UUID]) -> None:
        """Read what stands for all of these at once: items of theirs are about to be decided on."""
        self._people.will_concern(people)
        members = {member for one in people for member in self._people.identity_set(one)}
        self._listen(members - self._said.keys())

    def patient_of(self, entry_uuid: str) -> UUID | None:
        """Whose an object is that was decided on."""
        return self._patients.get(entry_uuid)

    def _permitted(self, item: Indexed) -> bool:
        decided = self._decided.get(item.entry_uuid)
        if decided is not None:
            return decided
        decision = self._decide(item)
        if not (decision.permitted and self._only_refusals):
            self._note(item, decision)
        self._decided[item.entry_uuid] = decision.permitted
        self._patients[item.entry_uuid] = item.patient
        return decision.permitted

    def _decide(self, item: Indexed) -> Decision:
        question = Question(
            requester=self._asking(item.patient),
            patient=item.patient,
            item=_item(item),
            act=self._act,
            path=self._path(item),
            purpose=self._access.caller.purpose,
            time=self._access.time,
        )
        decisions = [
            decide(question, standing, self._policy) for standing in self._standings(item.patient)
        ]
        return next((one for one in decisions if not one.permitted), decisions[0])

    def _asking(self, patient: UUID) -> Requester:
        """Whoever asks; not admitted to anybody but the patient of whom their assertion speaks."""
        if about.admits(self._access.caller, patient, self._people.identity_set):
            return self._requester
        return replace(self._requester, admission=Admission.OF_ANOTHER_PATIENT)

    def _path(self, item: Indexed) -> Path:
        institution = self._requester.institution
        if self._act is Act.REGISTER:
            return Path.ADDRESSED_SENDING if item.recipients else Path.QUERY
        if institution is not None and institution in item.recipients:
            return Path.ADDRESSED_SENDING
        return Path.QUERY

    def _standings(self, patient: UUID) -> tuple[Standing, ...]:
        """What stands for the person; after a merge, what stands for each who was merged.

        Where they differ the narrower holds: nobody's withdrawal is lost in a merge.
        """
        known = self._known.get(patient)
        if known is None:
            members = self._people.identity_set(patient)
            if not self._said.keys() >= set(members):
                self._listen(members)
            said = {member: self._said[member] for member in members}
            known = self._known[patient] = _of_person(said)
        return known

    def _listen(self, members: Collection[UUID]) -> None:
        own = self._requester.institution
        found = consent.standings(members, own)
        if own is not None and self._requester.role in _TREATING:
            time = self._access.time
            assumed = Relation(institution=own, kind=RelationKind.RECEPTION, since=time, until=time)
            found = {key: replace(one, relations=(assumed,)) for key, one in found.items()}
        self._said |= found

    def _note(self, item: Indexed, decision: Decision) -> None:
        own = decision.reason is Reason.OWN_CHART
        if decision.permitted and self._act is Act.READ and self._of_records and not own:
            self._access.sees(item.patient)
        if item.patient not in self._access.patients:
            self._access.patients.append(item.patient)
        self._access.decided(
            AuditedDecision(
                object_id=item.unique_id,
                permitted=decision.permitted,
                rule=decision.rule,
                reason=decision.reason,
                patient=item.patient,
            )
        )


def _of_person(said: dict[UUID, Standing]) -> tuple[Standing, ...]:
    """What each of them said; of one who was silent, only where somebody else's word would speak.

    A consent does not reach what was stored of a silent one before the merge. What was stored
    later was decided upon for the whole person, so that an empty entry's silence means nothing.
    """
    if len(said) == 1 or not any(one.snapshot for one in said.values()):
        return tuple(said.values())
    joined = patients.joined(said.keys())
    return tuple(
        standing
        for member, standing in said.items()
        if standing.snapshot or (joined and registry.holds_any(member, until=joined))
    )


def _requester(caller: Caller) -> Requester:
    return Requester(
        role=caller.role,
        institution=caller.institution,
        person=caller.person,
        patient=caller.patient,
    )


def _item(item: Indexed) -> Item:
    return Item(
        institution=item.institution,
        event_date=item.event_date,
        department=item.department and canonical(item.department, on=item.event_date),
        kind=item.kind,
        confidentiality=item.confidentiality,
        document=item.unique_id,
        recipients=item.recipients,
        registered=item.registered,
        consent_document=item.format in _CONSENT_FORMATS,
    )
