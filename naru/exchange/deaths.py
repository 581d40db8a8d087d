"""Whether a death of somebody is noted (rule 2): asked by who identifies, decides and takes acts.

Only what an institution noted by a paper or as who treats the patient counts: what a feed tells of
a source may be of another person or a slip, and closes nothing.
"""

from uuid import UUID

from naru.consent import queries as consent
from naru.patients import queries as patients


def noted(patient: UUID) -> bool:
    """Whether one is noted under any key of the person."""
    found = consent.standings(patients.identity_set(patient), None)
    return any(one.arrangements.death for one in found.values())
