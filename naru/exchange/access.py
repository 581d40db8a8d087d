"""The one access record of a request, gathered while the request is answered.

A read becomes durable before its first byte is sent. A change is recorded in its own transaction;
its refusal is recorded apart from it, so that the rollback never erases the refusal. Where nothing
can be recorded, nothing is answered: `AuditUnavailable` passes through.

A page's access is held by its request (`page_access`): the steps add to it, a change takes it into
its own transaction, and what is left is made durable once, before the answer (docs/adr/0026).
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import OperationalError, transaction

from naru.accounts.errors import Refused as AccountRefused
from naru.audit import services as audit
from naru.audit.records import (
    AccessRecord,
    AuditedDecision,
    AuditedObject,
    AuditedRequest,
    Outcome,
    PatientAct,
    RecordId,
)
from naru.consent.errors import ConsentRefused
from naru.directory.errors import DirectoryRefused
from naru.domain.caller import Caller
from naru.domain.records import Refused as RecordRefused
from naru.domain.registry_errors import ErrorCode, RegistryFailure, failure
from naru.patients.errors import Refused as PatientRefused
from naru.storage.waiting import waited_too_long
from naru.terminology.errors import TerminologyRefused


class Refused(ValueError):
    """What a room above the exchange raises where it refuses; its sentence names nobody."""


_REFUSALS: Final = (
    Refused,
    AccountRefused,
    ConsentRefused,
    DirectoryRefused,
    PatientRefused,
    RecordRefused,
    TerminologyRefused,
)
"""What rooms raise where they refuse: recorded by its kind."""

EACH_DECISION: Final = 1_000
"""Decisions of one request that are recorded one by one."""

EACH_REFUSED: Final = 1_000
"""Objects of one request that were asked for and not given, and are recorded."""

LONGEST_WORD: Final = 512
"""Characters that are kept of a sender's identifier; the standard's have 256 at most."""


class AlreadyRecorded(Exception):
    """The request has left its one record, which would not tell of what is done or shown now."""


@dataclass(slots=True, kw_only=True)
class Access:
    """Who asks what, and what came of it so far.

    `held` where the request makes it durable at its end, rather than the first step that is done.
    """

    transaction: str
    caller: Caller
    time: datetime
    query: str | None = None
    request_id: UUID = field(default_factory=uuid4)
    patients: list[UUID] = field(default_factory=list)
    objects: list[AuditedObject] = field(default_factory=list)
    decisions: list[AuditedDecision] = field(default_factory=list)
    alike: Counter[AuditedDecision] = field(default_factory=Counter)
    """How many more were decided so; their `object_id` is empty."""
    errors: list[str] = field(default_factory=list)
    outcome: Outcome = Outcome.SUCCESS
    endpoint: str = ""
    message_id: str = ""
    query_id: str = ""
    patient_id: str = ""
    submission_set: str = ""
    acts: list[PatientAct] = field(default_factory=list)
    user_refused: bool = False
    not_given: list[AuditedObject] = field(default_factory=list)
    seen: list[UUID] = field(default_factory=list)
    recorded: RecordId | None = None
    committing: bool = False
    """The commit of a change has begun: a failure does not tell any more whether it was made."""
    held: bool = False
    _told: tuple[int, ...] = ()

    def concerns(self, patient: UUID) -> None:
        """Note whose records the request is about."""
        if patient not in self.patients:
            self.patients.append(patient)

    def decided(self, decision: AuditedDecision) -> None:
        """Note a decision; of very many the first stand by themselves, the others as numbers."""
        if len(self.decisions) < EACH_DECISION:
            self.decisions.append(decision)
        else:
            self.alike[replace(decision, object_id="")] += 1

    def sees(self, patient: UUID) -> None:
        """Note that the caller is shown something of theirs that it had not written itself."""
        if patient not in self.seen:
            self.seen.append(patient)

    def withheld(self, kind: str, identity: str, repository: str) -> None:
        """Note an object that was asked for and is not given, for whatever reason."""
        if len(self.not_given) < EACH_REFUSED:
            names = identity[:LONGEST_WORD], repository[:LONGEST_WORD]
            self.not_given.append(AuditedObject(kind, *names))

    def refused(self, *sentences: str) -> None:
        """Note that the request, or a part of it, was refused; no sentence names a person."""
        self.outcome = Outcome.MINOR_FAILURE
        self.errors += sentences

    def failed(self, error: Exception) -> None:
        """Note that the request failed for a reason of ours; only the kind of error is kept."""
        self.outcome = Outcome.SERIOUS_FAILURE
        self.errors.append(type(error).__name__)

    def record(self) -> AccessRecord:
        """The record as it stands; what is noted later, `told_all` finds."""
        self._told = self._so_far()
        return AccessRecord(
            transaction=self.transaction,
            caller=self.caller,
            outcome=self.outcome,
            time=self.time,
            request_id=self.request_id,
            patients=tuple(self.patients),
            objects=tuple(self.objects),
            query=self.query,
            errors=tuple(self.errors),
            decisions=(*self.decisions, *self._counted()),
            request=self._request(),
            seen=tuple(self.seen),
        )

    def told_all(self) -> bool:
        """Whether the last record that was made tells all that was noted."""
        return self._told == self._so_far()

    def _so_far(self) -> tuple[int, ...]:
        # What was noted is never taken back but by a change that fails, which records nothing.
        return (
            len(self.patients),
            len(self.objects),
            len(self.decisions),
            self.alike.total(),
            len(self.not_given),
            len(self.seen),
        )

    def _request(self) -> AuditedRequest:
        return AuditedRequest(
            endpoint=self.endpoint,
            message_id=self.message_id[:LONGEST_WORD],
            query_id=self.query_id,
            patient_id=self.patient_id[:LONGEST_WORD],
            submission_set=self.submission_set[:LONGEST_WORD],
            acts=tuple(self.acts),
            refused=tuple(self.not_given),
            process=os.getpid(),
            user_refused=self.user_refused,
        )

    def _counted(self) -> Iterator[AuditedDecision]:
        for decision, number in self.alike.items():
            yield replace(decision, object_id=f"({number} more)")


def close(access: Access) -> None:
    """Make the record durable, unless the request has left one already."""
    if access.recorded is None:
        access.recorded = audit.record_now(access.record())


def settle(access: Access) -> None:
    """A step is done: its record is durable, or waits for the request that holds it."""
    if not access.held:
        close(access)


@contextmanager
def attempting(access: Access) -> Iterator[None]:
    """Whatever refuses or breaks what is done inside leaves its record, and passes on."""
    try:
        yield
    except RegistryFailure as failure:
        access.refused(*(error.code for error in failure.errors))
        settle(access)
        raise
    except _REFUSALS as refusal:
        access.refused(type(refusal).__name__)
        settle(access)
        raise
    except Exception as error:  # Recorded by its kind, then raised again.
        access.failed(error)
        settle(access)
        raise


@contextmanager
def busy(code: ErrorCode) -> Iterator[None]:
    """A wait for the database that lasted too long passes on under the standard's name for it."""
    try:
        yield
    except OperationalError as error:
        if not waited_too_long(error):
            raise
        raise failure(code, "too much is being done at once; try again later") from error


@contextmanager
def reading(access: Access) -> Iterator[None]:
    """Answer a read; on leaving, its record is durable, or waits for the request that holds it."""
    with attempting(access):
        yield
    settle(access)


@contextmanager
def together(access: Access) -> Iterator[None]:
    """Several steps of one request: its one record tells of all, and is durable on leaving.

    Raises AlreadyRecorded where a change left the record and a later step noted more.
    """
    held, access.held = access.held, True
    try:
        yield
    finally:
        access.held = held
        settle(access)
    if access.recorded is not None and not access.told_all():
        raise AlreadyRecorded


@contextmanager
def changing(access: Access) -> Iterator[None]:
    """Make a change; on leaving, the change and its record are durable together, or neither is.

    Raises AlreadyRecorded where the request that holds the access has made a change before.
    """
    if access.held and access.recorded is not None:
        raise AlreadyRecorded
    with attempting(access), _naming_nothing_undone(access), transaction.atomic(durable=True):
        yield
        recorded = audit.record_within(access.record())
        access.committing = True
    access.recorded = recorded


@contextmanager
def _naming_nothing_undone(access: Access) -> Iterator[None]:
    before = len(access.objects)
    try:
        yield
    except BaseException:
        del access.objects[before:]
        raise
