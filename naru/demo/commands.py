"""The commands that do a step again, ready to be pasted where the demo was started."""

import shlex
from pathlib import Path
from typing import Final

from naru.audit.queries import Crossing
from naru.consent.acts import Act, ActKind
from naru.demo import link_files
from naru.demo.cast import IEUM, PUREUN, Hospital
from naru.demo.population import PATIENT
from naru.demo.story import Story

RECORD: Final = "FHIR create"


def is_reception(crossing: Crossing) -> bool:
    """Whether a hospital wrote that the patient came to it."""
    kept = (one.object_id for one in crossing.decisions)
    return crossing.transaction == RECORD and any(one.startswith("Encounter/") for one in kept)


def of_step(story: Story, crossing: Crossing, act: Act | None) -> str:
    """The command that does what this access did."""
    if act is not None:
        return _consent(story, withdraw=act.kind is ActKind.WITHDRAW)
    if crossing.transaction == "ITI-41":
        referral = link_files.folder(Path(story.folder), IEUM) / "referral.json"
        return _link(story, IEUM, "send", str(referral))
    if is_reception(crossing):
        return _link(story, PUREUN, "receive", "--patient", PATIENT.chart_number(PUREUN.key))
    asked = (*crossing.documents, *(one.object_id for one in crossing.decisions))
    if crossing.transaction == "ITI-43" and asked:
        return _link(story, PUREUN, "open", asked[0])
    return _link(story, PUREUN, "find", "--patient", PATIENT.chart_number(PUREUN.key))


def _consent(story: Story, *, withdraw: bool) -> str:
    said = (
        *("--patient", PATIENT.chart_number(IEUM.key), "--name", PATIENT.name),
        *("--birth-date", f"{PATIENT.born}", "--sex", PATIENT.gender.value),
    )
    ticked = ("--box", "personal", "--box", "sensitive")
    return _link(story, IEUM, "consent", *said, *(("--withdraw",) if withdraw else ticked))


def _link(story: Story, hospital: Hospital, command: str, *words: str) -> str:
    config = link_files.config(Path(story.folder), hospital)
    return shlex.join([story.program, "link", command, "--config", str(config), *words])
