"""What every step works with: the cases, the state of the run, the node."""

from collections.abc import Callable
from dataclasses import dataclass

from lxml.etree import _Element

from naru.conformance.library import CasesRefused, Library
from naru.conformance.placeholders import Values, fill_patients, left_over, substitute
from naru.conformance.plan import LIMITS, Step, uses_within
from naru.conformance.session import NotAttempted, Session, own_constants
from naru.conformance.wire import Wire
from naru.formats.xml import XmlRefused, parse


@dataclass(frozen=True, slots=True)
class Context:
    """One run against one node."""

    library: Library
    session: Session
    wire: Wire
    feed: Callable[[str], None]
    """Tells the node of a patient, by CX; raises NotAttempted when the node does not take it."""

    @property
    def values(self) -> Values:
        """Where symbols get their values from."""
        return Values(self.library, self.session)

    def patient(self, step: Step) -> str:
        """The current patient of the step's test; a new one, made known to the node, at first."""
        test = step.key.test
        if test not in self.session.patients:
            fresh = self.session.new_patient_id()
            self.require_patient(fresh)
            self.session.patients[test] = fresh
        return self.session.patients[test]

    def require_patient(self, patient: str) -> None:
        """Make a patient known to the node unless this run did so before."""
        if patient not in self.session.fed:
            self.feed(patient)
            self.session.fed.add(patient)

    def message(self, step: Step) -> _Element:
        """What the step's metadata file holds, with every symbol that has a value by now."""
        values = self.values.of(step)
        if "$patientid$" in values:  # From here on this is the test's patient.
            self.session.patients[step.key.test] = values["$patientid$"]
        root = self._metadata(step)
        substitute(root, {**values, **own_constants(self.session)})
        if "$patientid$" in left_over(root):
            substitute(root, {"$patientid$": self.patient(step)})
        fill_patients(root, step, self.session, self.require_patient)
        return root

    def id_of(self, step: Step, use: _Element) -> str:
        """The value of a `UseId` inside an expectation."""
        return self.values.value(step, next(uses_within(use)))

    def octets(self, step: Step, name: str) -> bytes:
        """A file that the step names. Raises NotAttempted."""
        try:
            return self.library.file(step, name).read_bytes()
        except (CasesRefused, OSError) as error:
            raise NotAttempted(str(error)) from None

    def _metadata(self, step: Step) -> _Element:
        if not step.metadata_file:
            raise NotAttempted("the step names no MetadataFile")
        try:
            return parse(self.octets(step, self._version_3(step)), limits=LIMITS)
        except XmlRefused as refused:
            raise NotAttempted(f"{step.metadata_file}: {refused}") from None

    def _version_3(self, step: Step) -> str:
        """Metadata of ebXML 2.1 stand beside their form in ebXML 3.0, which is what is sent."""
        assert step.metadata_file
        stem = step.metadata_file.removesuffix(".xml")
        return (
            f"{stem}.v3.xml" if (step.folder / f"{stem}.v3.xml").is_file() else step.metadata_file
        )


def require_complete(root: _Element) -> None:
    """Raise NotAttempted where a symbol stayed without a value."""
    rest = left_over(root)
    if rest:
        raise NotAttempted(f"nothing gives a value to {', '.join(rest)}")
