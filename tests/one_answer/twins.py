"""Two patients whose records differ in one thing: of one it is hidden, of the other not there.

What any door answers about the one must be what it answers about the other, but for ids and times.
"""

import io
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha1
from typing import Any
from unittest.mock import patch
from uuid import uuid4
from zipfile import ZipFile

import httpx
from django.db import connection
from django.db.models import Max
from django.test import Client
from django.test.utils import CaptureQueriesContext

from naru.domain.caller import Role
from naru.domain.identifiers import new_oid, new_uuid_urn
from naru.domain.korea import korean_day
from naru.domain.privacy_policies import Policy
from naru.notifications.models import Notice
from naru.security.page_sessions import SessionStore
from tests import staging
from tests.one_answer import page_doors
from tests.one_answer.adapters import Adapter, Question
from tests.one_answer.comparing import ask
from tests.one_answer.places import Asker, Places
from tests.one_answer.wire import Wire, plain
from tests.one_answer.world import APPROVED, Link, Patient, Record, Said, Thing, World

Step = Callable[["Twin"], None]
_MASKED = re.compile(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"|nonce-[^\']+|naru-[a-z]+=[^;]+')
_AGE = re.compile(r"\b\d+세")
"""Of two patients, who are each born on a day of their own."""
_CLOCK = re.compile(r"\b\d{1,2}:\d\d\b")
"""The minute in which a page was made, which is another when the twin is asked."""
_SAID = "같은 말"
"""What a document says, with its place in its world: the same of both."""
_PAGE = re.compile(r"_page=([^&\"<]+)")
_VALUE = re.compile(r"'(?:[^']|'')*'|\b\d+\b")
"""In a statement."""
_MESSAGE = re.compile(
    r"creationTime value=\"\d+|\d{4}-\d\d-\d\dT[0-9:.]+Z|[0-9a-f]{32,}|uuid:[0-9a-f-]{36}"
)


@dataclass
class Twin:
    """One of the two: `has` tells whether what is to be hidden is there."""

    world: World
    patient: Patient
    viewer: Asker
    has: bool
    phantoms: list[Thing] = field(default_factory=list)
    notices: int = field(
        default_factory=lambda: Notice.objects.aggregate(last=Max("pk"))["last"] or 0
    )
    stranger: Patient | None = None
    """Who asks, where a citizen does of another's record."""

    @property
    def question(self) -> Question:
        return Question(world=self.world, asker=self.viewer, patient=self.patient)

    @property
    def asks_for_current(self) -> Question:
        return replace(self.question, status=(APPROVED,))

    def sends(self, source: Any, **about: Any) -> None:
        """A document that both have."""
        days = [about.pop("day", korean_day(self.world.clock))]
        assert self.world.sends(source, self.patient, days, text=self._words, **about)

    @property
    def _words(self) -> str:
        return f"{_SAID} {len(self.world.documents)}"

    def hides(self, source: Any, **about: Any) -> None:
        """A document that one of them has; of the other as many are asked for that never were."""
        if self.has:
            self.sends(source, **about)
            return
        self._lacks(source, **about)

    def signs(self, policy: Policy) -> None:
        """A consent document that one of them has; the other said the same on a page."""
        if self.has:
            assert self.world.signs(self.patient, policy)
            return
        day = korean_day(self.world.clock + timedelta(hours=1))
        self.world.say(self.patient, Said("grant", self.world.clock, from_date=day))
        self.world.clock -= timedelta(hours=1)
        self._lacks(self.patient.home)

    def _lacks(self, source: Any, **about: Any) -> None:
        self.world.passes()
        day = about.get("day", korean_day(self.world.clock))
        departments = about.get("departments", ("internal",))
        shared: dict[str, Any] = {"patient": self.patient, "told_of": self.patient}
        shared |= {"source": source, "registered": self.world.clock, "day": day}
        shared |= {"created": f"{self.world.clock:%Y%m%d%H%M%S}"}
        never = Thing(unique_id=new_oid(), uuid=new_uuid_urn(), department=departments[0], **shared)
        never.says, never.meant = self._words, (source, *about.get("to", ()))
        self.world.documents.append(never)
        if "relation" in about:
            kind, target = about["relation"]
            self.world.links.append(Link(new_uuid_urn(), kind, never, target))
        brought = Thing(unique_id=new_oid(), uuid=new_uuid_urn(), members=[never], **shared)
        self.world.sets.append(brought)
        if about.get("in_folder"):
            whole = Thing(unique_id=new_oid(), uuid=new_uuid_urn(), members=[never], **shared)
            self.world.folders.append(whole)
            brought.members.append(whole)

    def hides_record(self, source: Any) -> None:
        """A single record that one of them has; of the other one is asked for that never was."""
        self.world.passes()
        patient, day = self.patient, korean_day(self.world.clock)
        told = {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "시험"},
            "effectiveDateTime": day.isoformat(),
            "subject": {
                "identifier": {
                    "system": f"urn:oid:{patient.affinity_id.authority}",
                    "value": patient.affinity_id.value,
                }
            },
        }
        id_ = str(uuid4())
        if self.has:
            answer = Wire().fhir(Asker(source), "POST", "Observation", json=told)
            assert answer.status_code == 201, answer.text
            id_ = answer.json()["id"]
        shared: dict[str, Any] = {"patient": patient, "source": source, "day": day}
        shared["registered"] = self.world.clock
        self.world.records.append(Record(type="Observation", id=id_, **shared))

    @property
    def ids(self) -> Iterator[str]:
        """Everything by which its answers may differ from its twin's."""
        patient = self.patient
        for each in (patient, *([self.stranger] if self.stranger else [])):
            yield from (str(each.key), each.own.value, each.affinity_id.value)
            yield from (f"{each.born:%Y%m%d}", each.born.isoformat())
        for one in (*self.world.documents, *self.world.sets, *self.world.folders):
            yield from (one.unique_id, one.uuid, one.uuid.removeprefix("urn:uuid:"))
            yield sha1(one.content).hexdigest()
        yield from (one.id for one in self.world.records)


def twins(places: Places, steps: Sequence[Step], *, by_citizen: bool = False) -> tuple[Twin, Twin]:
    """The same steps for both, at the same times; asked by a hospital, or by another patient."""
    source, viewer, _ = places.hospitals
    found = []
    clock = None
    for has in (True, False):
        world = World(places.hospitals)
        clock = world.clock = clock or world.clock
        twin = Twin(world, world.patient(source), Asker(viewer), has)
        if by_citizen:
            twin.stranger = world.patient(viewer)
            twin.viewer = Asker(viewer, Role.PATIENT, twin.stranger.affinity_id)
        for step in steps:
            step(twin)
        found.append(twin)
    return found[0], found[1]


@dataclass
class Heard:
    """What was answered, in order and without ids and times, and how many statements it took."""

    answers: list[str] = field(default_factory=list)
    statements: Counter[str] = field(default_factory=Counter)
    """What was asked of the database, without the values, how often."""


def hear(one: Adapter, twin: Twin, *, current: bool = False) -> Heard:
    """All that a door answers about a twin, or of what is `current` alone."""
    heard = Heard()
    ids = [*twin.ids]

    def keep(status: int, headers: Sequence[tuple[str, str]], text: str) -> None:
        # Of the sealed place of a page only the length is compared.
        text = _PAGE.sub(lambda found: f"_page={len(found[1])}", text)
        said = f"{status} {sorted(headers)} {text}"
        said = _AGE.sub("(age)", _MASKED.sub("", said))
        heard.answers.append(_CLOCK.sub("(clock)", _MESSAGE.sub("(id)", plain(said, *ids))))

    said = _Logged()
    logging.getLogger().addHandler(said)
    try:
        # An adapter judges by the reference model, which knows nothing of what never was.
        judging = suppress(AssertionError)
        with _hearing(keep) as wire, CaptureQueriesContext(connection) as asked, judging:
            ask(wire, one, twin.asks_for_current if current else twin.question)
    finally:
        logging.getLogger().removeHandler(said)
    # Marks of used messages are of the asker alone, and swept away now and then.
    sql = [one["sql"] for one in asked if "security_used" not in one["sql"]]
    heard.statements = Counter(_VALUE.sub("?", one) for one in sql)
    heard.answers += [_MESSAGE.sub("(id)", plain(line, *ids)) for line in said.lines]
    heard.answers.append(f"notices to the asker: {_told(twin)}")
    return heard


def kept(twin: Twin) -> list[str]:
    """What the asker's institution takes away as files, for the programs that it works with."""
    ids, client = [*twin.ids], staging.looking_as(twin.patient.key, twin.viewer.place.id)
    found = []
    for form in ("fhir", "cda"):
        answer = client.post("/clinic/import", {"as": form, "why": "treatment"})
        octets = answer.getvalue()
        if octets.startswith(b"PK"):
            with ZipFile(io.BytesIO(octets)) as whole:
                octets = b"".join(one.encode() + whole.read(one) for one in whole.namelist())
        said = _AGE.sub("(age)", f"{answer.status_code} {octets.decode()}")
        found.append(_MESSAGE.sub("(id)", plain(said, *ids)))
    return found


class _Logged(logging.Handler):
    """What the node writes into its log meanwhile, whichever part of it; not what asks it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(("httpx", "httpcore")):
            self.lines.append(f"{record.levelname} {record.name} {record.getMessage()}")


def _told(twin: Twin) -> list[tuple[str, int]]:
    """Which notices whoever asks has been sent, and how many of each since the twin was made."""
    recipients = [twin.viewer.place.id]
    if twin.stranger is not None:
        recipients.append(twin.stranger.key)
    found = Notice.objects.filter(recipient__in=recipients, pk__gt=twin.notices)
    return sorted(Counter(found.values_list("kind", flat=True)).items())


@contextmanager
def _hearing(keep: Callable[[int, Sequence[tuple[str, str]], str], None]) -> Iterator[Wire]:
    wire = Wire()

    def answered(answer: httpx.Response) -> None:
        answer.read()
        keep(answer.status_code, list(answer.headers.items()), answer.text)

    wire.client.event_hooks["response"].append(answered)
    looking = staging.looking_as

    def looking_as(*who: Any) -> Client:
        client = looking(*who)
        sent = client.request

        def request(**told: Any) -> Any:
            answer = sent(**told)
            keep(answer.status_code, [*answer.headers.items()], answer.content.decode())
            return answer

        client.request = request  # type: ignore[method-assign]  # To overhear it.
        return client

    # One session in some, by its random key, takes away those that have ended.
    unswept = patch.object(SessionStore, "clear_expired")
    with patch.object(page_doors, "looking_as", looking_as), unswept:
        yield wire


def differing(one: Sequence[str], other: Sequence[str]) -> str:
    """Where two sequences of answers part."""
    if len(one) != len(other):
        return f"{len(one)} answers, not {len(other)}"
    for said, never in zip(one, other, strict=True):
        if said != never:
            at = next(
                at
                for at in range(len(said) + len(never))
                if said[at : at + 1] != never[at : at + 1]
            )
            return (
                f"{said[max(at - 200, 0) : at + 60]!r}, not {never[max(at - 200, 0) : at + 60]!r}"
            )
    return ""
