"""What stands of all that was said of one patient; the reference model's own fold of the acts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from tests.one_answer.facts import Act, Relation, day_in_korea


@dataclass(frozen=True, kw_only=True)
class Patient:
    """Whose record it is, with all that was said, oldest first."""

    id: object
    acts: Sequence[Act] = ()
    born: date | None = None
    relations: Sequence[Relation] = ()

    def treated_at(self, institution: object, time: datetime) -> bool:
        """Whether a treatment relation with that institution stands at the moment."""
        found = [one for one in self.relations if one.at == institution]
        return any(one.since <= time <= one.until for one in found)

    def said(self, kind: str) -> list[Act]:
        """What was said and not taken back since."""
        found: dict[object, Act] = {}
        for act in self.acts:
            if act.kind == kind:
                found[act.key] = act
            elif act.kind == f"{kind}-end":
                found.pop(act.key, None)
        return list(found.values())

    def stands(self, kind: str, time: datetime) -> Iterator[Act]:
        """Of that, what has begun and is not over; a last day counts whole."""
        day = day_in_korea(time)
        for act in self.said(kind):
            begun = act.since is None or act.since <= day
            over = (act.until and day > act.until) or (act.expires and time >= act.expires)
            if begun and not over and (act.begins is None or act.begins <= time):
                yield act

    @property
    def consents(self) -> Iterator[Act]:
        """Consents and withdrawals; what was signed without both boxes is no consent."""
        for act in self.acts:
            both = act.boxes >= {"personal", "sensitive"}
            if act.kind == "consent-end" or (act.kind == "consent" and both):
                yield act

    def consent(self, *, older_if_stated: bool) -> Act | None:
        """The general consent, `since` being from when it counts; perhaps over, not withdrawn.

        Consenting again while it stands keeps the earlier from-date; of its end and its boxes the
        last word holds.
        """
        last: Act | None = None
        for act in self.consents:
            day = day_in_korea(act.time)
            if act.kind == "consent-end":
                last = None
            else:
                since = act.since if older_if_stated else max(act.since, day)
                again = last is not None and (last.until is None or day <= last.until)
                last = replace(act, since=min(since, last.since) if last and again else since)
        return last

    def consent_ended_since(self, time: datetime, now: datetime) -> bool:
        """Whether it was withdrawn, or its last day went by, after that moment."""
        until: date | None = None
        for act in self.consents:
            if until is not None and day_in_korea(act.time) > until >= day_in_korea(time):
                return True
            if act.kind == "consent-end" and act.time >= time:
                return True
            until = act.until
        return until is not None and day_in_korea(now) > until >= day_in_korea(time)
