"""One `testplan.xml`: its steps as values, with every instruction that is not understood told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lxml.etree import _Element

from naru.formats.xml import XmlLimits, parse

PLAN: Final = "testplan.xml"
LIMITS: Final = XmlLimits(size=4 * 1024 * 1024, depth=60)
"""Far above any published plan, whose largest has 60 kB."""

PEER: Final = "a simulated peer actor"
ASYNCHRONOUS: Final = "the asynchronous web services option"
_TRANSACTION: Final = "Transaction"
_STEP_WORDS: Final = frozenset(
    {"Goal", "Rule", "ExpectedStatus", "ExpectedErrorCode", "ExpectedErrorMessage"}
    | {"NewPatientId", "AltPatientId", "Standard", "RegistryEndpoint"}
)
# Words that tell a tester's client how to look for an address or a SOAP version, which are ours.
_WITHOUT_EFFECT: Final = frozenset(
    {"XDSb", "NoMetadata", "InteractionSequence", "SOAP12", "ASync", "RegistryEndpoint"}
)
_PEERS: Final = frozenset({"SimReference", "SimTransaction", "Gather", "SUTInitiates"})


class PlanRefused(Exception):
    """The file is no test plan; the sentence says why."""


@dataclass(frozen=True, slots=True, order=True)
class StepKey:
    """What names a step in a case set; `position` counts from 1, since ids repeat."""

    test: str
    section: str
    position: int

    def __str__(self) -> str:
        return f"{self.test} {self.section} {self.position}"


@dataclass(frozen=True, slots=True)
class Where:
    """The step that an instruction points to, as it is written there.

    `test` is None for the same test, and `path` a folder beside the section's own.
    """

    step: str
    test: str | None = None
    section: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A value of another step that takes a symbol's place: `kind` is the instruction's name."""

    kind: str
    where: Where
    symbol: str
    name: str = ""
    """The report's name, or the id of the object within `section`."""
    section: str = ""
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A value to be found in what was sent (`InputMetadata`) or came back (`Result`)."""

    name: str
    section: str
    expression: str


@dataclass(frozen=True, slots=True)
class Assert:
    """An XPath that must be true; `process` names a comparison that is more than an XPath."""

    id: str
    expression: str
    process: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what to send, and everything that has to be true of the answer."""

    key: StepKey
    id: str
    transaction: str
    """The plan's name without `Transaction`; empty where nothing is sent or looked at."""
    folder: Path
    goal: str = ""
    statuses: tuple[str, ...] = ()
    error_codes: tuple[str, ...] = ()
    error_messages: tuple[str, ...] = ()
    contents: tuple[_Element, ...] = ()
    mime_type: str | None = None
    asserts: tuple[Assert, ...] = ()
    uses: tuple[Use, ...] = ()
    reports: tuple[Report, ...] = ()
    metadata_file: str | None = None
    documents: tuple[tuple[str, str], ...] = ()
    reference_documents: tuple[tuple[str, str], ...] = ()
    reference_metadata: Where | None = None
    flags: frozenset[str] = frozenset()
    """The names of the instructions that need no more than to be there."""
    no_unique_id_for: str | None = None
    keep_schemes: frozenset[str] = frozenset()
    patient_id: str | None = None
    wait_seconds: float = 0.0
    beyond: frozenset[str] = frozenset()
    """What the step needs besides transactions: a peer, an option."""
    not_understood: tuple[str, ...] = ()

    @property
    def references(self) -> tuple[Where, ...]:
        """Every step that this one points to."""
        listed = [use.where for use in self.uses]
        listed += [each.where for part in self.contents for each in uses_within(part)]
        return (*listed, *([self.reference_metadata] if self.reference_metadata else ()))


def read_plan(file: Path, test: str, section: str) -> tuple[Step, ...]:
    """The steps of a plan in their order. Raises PlanRefused, XmlRefused, OSError."""
    if file.stat().st_size > LIMITS.size:  # Before it is read.
        raise PlanRefused(f"the plan is larger than {LIMITS.size} bytes")
    root = parse(file.read_bytes(), limits=LIMITS)
    if root.tag != "TestPlan":
        raise PlanRefused("the root is not TestPlan")
    elements = [one for one in root if one.tag in {"TestStep", "testStep"}]
    beyond = frozenset({PEER} if root.find("SUTInitiates") is not None else ())
    return tuple(
        _Reader(StepKey(test, section, position), file.parent, element, beyond).step()
        for position, element in enumerate(elements, 1)
    )


def uses_within(element: _Element) -> Iterator[Use]:
    """The `UseId` instructions inside an expectation."""
    return (_use(one) for one in element.iter("UseId"))


@dataclass
class _Reader:
    """Collects what one TestStep says."""

    key: StepKey
    folder: Path
    element: _Element
    beyond: frozenset[str]
    said: dict[str, list[_Element]] = field(default_factory=dict)
    exclusions: list[_Element] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def step(self) -> Step:
        body = self._body()
        for one in _elements(body) if body is not None else ():
            self.said.setdefault(str(one.tag), []).append(one)
        assertions = [each for part in self._all("Assertions") for each in _elements(part)]
        fields = self._given()
        return Step(
            key=self.key,
            id=self.element.get("id", ""),
            transaction="" if body is None else str(body.tag).removesuffix(_TRANSACTION),
            folder=self.folder,
            goal=" ".join(" ".join(_text(one).split()) for one in self.element.iter("Goal")),
            statuses=_words(self.element, "ExpectedStatus"),
            error_codes=_words(self.element, "ExpectedErrorCode"),
            error_messages=tuple(map(_text, self.element.findall("ExpectedErrorMessage"))),
            asserts=tuple(self._assert(one) for one in assertions if one.tag == "Assert"),
            flags=self._flags(),
            beyond=self.beyond | self._beyond(),
            contents=tuple(
                each for part in self._all("ExpectedContents") for each in _elements(part)
            ),
            uses=tuple(self._uses()),
            metadata_file=_text(fields["MetadataFile"]) if "MetadataFile" in fields else None,
            mime_type=_text(fields["ExpectedMimeType"]) if "ExpectedMimeType" in fields else None,
            patient_id=_text(fields["PatientID"]) if "PatientID" in fields else None,
            documents=tuple((one.get("id", ""), _text(one)) for one in self._all("Document")),
            reference_documents=tuple(
                (one.get("uid", ""), _text(one)) for one in self._all("ReferenceDocument")
            ),
            reference_metadata=self._reference_metadata(),
            reports=tuple(
                Report(one.get("name", ""), one.get("section", ""), _text(one))
                for one in self._all("Report")
            ),
            no_unique_id_for=next((one.get("id") for one in self._all("NoAssignUids")), None),
            keep_schemes=self._keep_schemes(),
            wait_seconds=self._wait(),
            not_understood=(*self.unknown, *sorted(self.said)),  # What nobody asked for is left.
        )

    def _body(self) -> _Element | None:
        bodies = [one for one in _elements(self.element) if str(one.tag).endswith(_TRANSACTION)]
        known = _STEP_WORDS | {str(one.tag) for one in bodies}
        self.unknown += sorted({str(one.tag) for one in _elements(self.element)} - known - _PEERS)
        if len(bodies) > 1:
            self.unknown.append("several transactions in one step")
        return bodies[0] if bodies else None

    def _all(self, name: str) -> list[_Element]:
        return self.said.pop(name, [])

    def _given(self) -> dict[str, _Element]:
        """The instructions that stand once at most."""
        found = {}
        for name in ("MetadataFile", "ExpectedMimeType", "PatientID"):
            given = self._all(name)
            if len(given) > 1:
                self.unknown.append(f"{name} stands twice")
            if given:
                found[name] = given[0]
        return found

    def _flags(self) -> frozenset[str]:
        names = {"AssignUuids", "NoPatientId", "CreateNewPatientId", "CleanParams", "NoAssignUids"}
        found = {name for name in names if name in self.said}
        self.exclusions = [
            part for one in self.said.get("AssignUuids", []) for part in _elements(one)
        ]
        for name in (names - {"NoAssignUids"}) | _WITHOUT_EFFECT:
            self.said.pop(name, None)
        here = {str(one.tag) for one in _elements(self.element)}
        return frozenset(found | (here & {"NewPatientId", "AltPatientId"}))

    def _beyond(self) -> frozenset[str]:
        names = {str(one.tag) for one in self.element.iter("*")}
        peers = {PEER} if names & (_PEERS | {"Standard", "TestResponse"}) else set()
        return frozenset(peers | ({ASYNCHRONOUS} if "ASync" in names else set()))

    def _keep_schemes(self) -> frozenset[str]:
        schemes: set[str] = set()
        for one in self.exclusions:
            if one.tag == "Exclude" and one.get("value"):
                schemes.add(one.get("value", ""))
            else:
                self.unknown.append(f"AssignUuids/{one.tag}")
        return frozenset(schemes)

    def _uses(self) -> Iterator[Use]:
        for kind in ("UseReport", "UseId", "UseXPath", "UseRepositoryUniqueId"):
            yield from map(_use, self._all(kind))

    def _reference_metadata(self) -> Where | None:
        found = self._all("ReferenceMetadata")
        return Where(found[0].get("step", ""), path=found[0].get("testdir")) if found else None

    def _assert(self, element: _Element) -> Assert:
        if len(element) and not element.get("process"):
            self.unknown.append("Assert/" + str(element[0].tag))
        return Assert(element.get("id", ""), _text(element), element.get("process", ""))

    def _wait(self) -> float:
        text = "".join(map(_text, self._all("WaitBefore")))
        if text and not (text.isdecimal() and len(text) <= 5):  # noqa: PLR2004  # A minute and a half.
            self.unknown.append("WaitBefore")
            return 0.0
        return int(text or 0) / 1000


def _use(element: _Element) -> Use:
    kind = str(element.tag)
    if kind == "UseReport":
        section = element.get("section")
        where = Where(
            element.get("step", ""),
            test=element.get("test"),
            section=None if section == "THIS" else section,
        )
        return Use(
            kind=kind,
            where=where,
            symbol=element.get("useAs", ""),
            name=element.get("reportName", ""),
        )
    return Use(
        kind=kind,
        where=Where(element.get("step", ""), path=element.get("testdir")),
        symbol=element.get("symbol", ""),
        name=element.get("id", ""),
        section=element.get("section", ""),
        expression=_text(element) if kind == "UseXPath" else "",
    )


def _elements(element: _Element) -> list[_Element]:
    return list(element.iterchildren("*"))  # Processing instructions say nothing.


def _text(element: _Element) -> str:
    return (element.text or "").strip()


def _words(step: _Element, name: str) -> tuple[str, ...]:
    """Any of the listed ones will do: several elements, or one with commas."""
    texts = [_text(one).replace(",", " ") for one in step.findall(name)]
    return tuple(word for text in texts for word in text.split())
