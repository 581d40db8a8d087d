"""Carrying out the selected steps, each once, after those that it builds upon."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from lxml import etree

from naru.conformance import expectations
from naru.conformance.context import Context
from naru.conformance.not_applicable import NotApplicable
from naru.conformance.placeholders import substitute
from naru.conformance.plan import Assert, Step, StepKey
from naru.conformance.selection import WRITING, Selection
from naru.conformance.session import Log, NotAttempted, own_constants
from naru.conformance.steps import HANDLERS
from naru.conformance.wire import NoAnswer
from naru.conformance.xpath import first_text


class Verdict(StrEnum):
    """What became of a step."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on a step, and a sentence for each reason."""

    step: Step
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    seconds: float = 0.0


Tell = Callable[[Outcome], None]
MOST_REASONS: Final = 20


@dataclass
class Run:
    """One run of a selection; each outcome is told as it comes."""

    context: Context
    selection: Selection
    not_applicable: NotApplicable
    tell: Tell
    outcomes: dict[StepKey, Outcome] = field(default_factory=dict)
    _open: set[StepKey] = field(default_factory=set)
    """The steps that wait for those before them."""

    def all(self) -> list[Outcome]:
        """Carry everything out; the outcomes of the selected steps in their order."""
        library = self.selection.library
        wanted = [
            step
            for key, step in library.steps.items()
            if key in library.chosen and self.selection.is_selected(step)
        ]
        for step in wanted:
            self._carry_out(step)
        return [self.outcomes[step.key] for step in wanted]

    def _carry_out(self, step: Step) -> None:
        if step.key in self.outcomes or self._open & {step.key, *self.selection.built_upon(step)}:
            return  # It is done, or builds upon one that waits and has its turn afterwards.
        self._open.add(step.key)
        for key in self._first(step):
            self._carry_out(self.selection.library.steps[key])
        self._open.remove(step.key)
        began = time.perf_counter()
        outcome = replace(self._outcome(step), seconds=time.perf_counter() - began)
        self.outcomes[step.key] = outcome
        library = self.selection.library
        if step.key in library.chosen and self.selection.is_selected(step):
            self.tell(outcome)

    def _first(self, step: Step) -> list[StepKey]:
        """What must have happened before: its test up to here, and whole other tests it names.

        A plan that points to one step of another test takes for granted that all of it was done.
        """
        library = self.selection.library
        pointed = self.selection.pointed_to(step)
        others = dict.fromkeys(key.test for key in pointed if key.test != step.key.test)
        earlier = [*(key for test in others for key in library.of_test(test))]
        earlier += library.before(step.key)
        can = (key for key in earlier if not self.selection.lacking(library.steps[key]))
        return [*pointed, *can]

    def _outcome(self, step: Step) -> Outcome:
        reason = self.not_applicable.reason(step.key)
        if reason:
            return Outcome(step, Verdict.NOT_APPLICABLE, (reason,))
        try:
            faults = tuple(self._faults(step))[:MOST_REASONS]
        except NotAttempted as refused:
            return Outcome(step, Verdict.NOT_ATTEMPTED, (str(refused),))
        except NoAnswer as error:
            return Outcome(step, Verdict.FAILED, (f"expected an answer, came none: {error}",))
        return Outcome(step, Verdict.FAILED if faults else Verdict.PASSED, faults)

    def _faults(self, step: Step) -> Iterator[str]:
        self._prepare(step)
        if not step.transaction:
            raise NotAttempted("the step sends nothing and asserts nothing")
        handler = HANDLERS.get(step.transaction)
        if handler is None:
            raise NotAttempted(f"the transaction {step.transaction} is not carried out here")
        if step.beyond:
            raise NotAttempted(f"the step needs {', '.join(sorted(step.beyond))}")
        if step.not_understood:
            raise NotAttempted(f"not understood: {', '.join(step.not_understood)}")
        expectations.require_known(step)
        self._require_what_it_relies_on(step)
        values = self.context.values.of(step)
        if step.wait_seconds:
            time.sleep(step.wait_seconds)
        log = self.context.session.open_log(step)
        yield from handler(self.context, step, log)
        if step.key.test in self.context.session.patients:
            log.reports.setdefault("$patientid$", self.context.session.patients[step.key.test])
        self._report(step, log)
        yield from expectations.of_asserts(_with_values(step, values, self), self.context.session)

    def _require_what_it_relies_on(self, step: Step) -> None:
        """Nobody can be blamed for an answer to a question whose ground was never laid."""
        for key in sorted(self.selection.relied_on(step)):
            before = self.outcomes.get(key)
            laid = before is None or before.verdict is not Verdict.NOT_ATTEMPTED
            if not laid and self.selection.library.steps[key].transaction in WRITING:
                raise NotAttempted(f"it relies on step {key}, which was not attempted")

    def _prepare(self, step: Step) -> None:
        if "NewPatientId" in step.flags:
            self.context.session.patients.pop(step.key.test, None)

    def _report(self, step: Step, log: Log) -> None:
        for report in step.reports:
            part = log.element.find(f".//{report.section}")
            found = None if part is None else first_text(_alone(part), report.expression)
            # Some plans look in the answer for what only the request holds.
            found = found or first_text(_alone(log.element), report.expression)
            if found:
                log.reports[report.name] = found


def _alone(element: etree._Element) -> etree._Element:  # lxml's only name of it.
    """A copy that is the root of its own tree, so that `//` stays within."""
    return etree.fromstring(etree.tostring(element, with_tail=False))


def _with_values(step: Step, values: dict[str, str], run: Run) -> Step:
    """The step with the symbols of its assertions replaced."""
    holder = etree.Element("Assertions")
    for one in step.asserts:
        etree.SubElement(holder, "Assert", id=one.id).text = one.expression
    substitute(holder, {**values, **own_constants(run.context.session)})
    return replace(
        step, asserts=tuple(Assert(one.get("id", ""), one.text or "", "") for one in holder)
    )
