"""What a run knows: who is patient where, and what every step sent, got and reported."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from lxml import etree
from lxml.etree import _Element

from naru.conformance.plan import Step, StepKey
from naru.domain.identifiers import Identifier


class NotAttempted(Exception):
    """The step cannot be carried out as the case means it; the sentence says what is missing."""


@dataclass(slots=True)
class Log:
    """What one step sent and got, as later steps may ask for it."""

    element: _Element
    """`TestStep` with its transaction, and in it `InputMetadata` and `Result`."""
    assigned: dict[str, dict[str, str]] = field(default_factory=dict)
    """By `AssignedUuids`, `AssignedUids`, `AssignedPatientId`: the object's id in the file."""
    reports: dict[str, str] = field(default_factory=dict)


@dataclass
class Session:
    """The state of one run against one node."""

    patient_domain: str
    logs: dict[StepKey, Log] = field(default_factory=dict)
    sections: dict[tuple[str, str], _Element] = field(default_factory=dict)
    """`TestResults` of each section: an XPath may look at the steps before its own."""
    patients: dict[str, str] = field(default_factory=dict)
    """The current patient of each test, as a CX."""
    fed: set[str] = field(default_factory=set)
    """The patients of whom the node was told in this run, as CX."""
    own_patients: dict[tuple[str, str], str] = field(default_factory=dict)
    """Patients that a test asks for by a symbol alone, as a connectathon monitor would give."""
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    _run: str = field(default_factory=lambda: secrets.token_hex(4).upper())
    _turns: "count[int]" = field(default_factory=lambda: count(1))

    def new_patient_id(self) -> str:
        """A patient id that no earlier run used, as a CX."""
        return str(Identifier(f"TEST-{self._run}-{next(self._turns)}", self.patient_domain))

    def new_unique_id(self) -> str:
        """An OID that nobody used before, for a document, folder or submission set."""
        return f"2.25.{secrets.randbits(120)}.{next(self._turns)}"

    def results(self, step: Step) -> _Element:
        """The `TestResults` of the step's section."""
        place = (step.key.test, step.key.section)
        if place not in self.sections:
            self.sections[place] = etree.Element("TestResults")
        return self.sections[place]

    def open_log(self, step: Step) -> Log:
        """A new log for the step, at the end of its section's results."""
        element = etree.SubElement(self.results(step), "TestStep", id=step.id)
        if step.transaction:
            etree.SubElement(element, f"{step.transaction}Transaction", step=step.id)
        self.logs[step.key] = log = Log(element)
        return log

    def keep(self, log: Log, name: str, content: _Element | None) -> None:
        """Keep a copy of what was sent or came back, under its name in the log."""
        part = etree.SubElement(log.element[0], name)
        if content is not None:
            part.append(etree.fromstring(etree.tostring(content)))

    def today(self) -> str:
        """The day as the plans write it, in UTC."""
        return datetime.now(UTC).strftime("%Y%m%d")


def own_constants(session: Session) -> Mapping[str, str]:
    """The symbols that every plan may use without saying where they come from."""
    now = datetime.now(UTC)
    last_year = now.replace(year=now.year - 1, day=min(now.day, 28))
    return {
        "$now$": now.strftime("%Y%m%d%H%M%S"),
        "$lastyear$": last_year.strftime("%Y%m%d%H%M%S"),
        "$DATE$": session.today(),
    }
