"""Who may see what: the fourteen rules of design section 7, for a lawyer to read; first match wins.

Written from that section alone, sharing no code with the decision. Where it leaves a choice:

1. A wrong role is one that reads nobody's record, on whatever path.
2. Under 14 the legal representative stands in the child's place; the child itself does not ask.
   From 14 on only a parent with the minor's mandate, until majority. A court may appoint a
   guardian of a child or an adult; an adult's mandate has an end; unknown age is adult. What a
   patient or representative wants to read is settled here, by rule 4 too: genetic items are the
   patient's and, by a setting, whose who stands for a child. Death ends queries and the consent.
3. The own chart has what the institution wrote; what it received lies in its own house, and the
   exchange's copy closes. A consent document is its own institution's alone, on every path.
4. The exception lifts this rule alone. 5. and 6. open by a release or delivery, never by consent.
3., 7. and 8. Where the chart is not one's own, or the emergency or sending does not hold, the
   question is judged as a query. An emergency is one person's at one institution. A sending is held
   once the consent ends after it, by withdrawal or its last day, also if it was opened (what was
   taken into the chart is rule 3); consenting again does not revive it. It overrides what is
   kept out if nothing was kept out after the warning. The same holds when it is sent.
9. Without both boxes there is no consent; its last day counts. 10. Who wrote an item has treated.
11. What has no date is not known to be later. 12. What policy hides is hidden from readers alone.
13. Items go to an approved programme that the person joined, never to an employer.
"""

from collections.abc import Iterable, Iterator

from tests.one_answer.facts import READS_NOTHING, Act, Policy, Question, age_on
from tests.one_answer.said import Patient

QUERIES = {"own-chart", "query", "emergency", "addressed"}
CASES = {"unconscious", "emergency-patient", "nobody-to-ask"}


def decide(q: Question, p: Patient, policy: Policy) -> tuple[bool, int]:
    """Whether it is permitted, and by which rule."""
    return next((says, number) for number, says in _rules(q, p, policy) if says is not None)


def _rules(  # noqa: C901  # Section 7 is read from top to bottom.
    q: Question, p: Patient, policy: Policy
) -> Iterator[tuple[int, bool | None]]:
    """Each rule in its turn: it permits (True), denies (False) or says nothing (None)."""
    item, consent = q.item, p.consent(older_if_stated=policy.older_if_stated)
    reads, dead = q.act == "read", bool(p.said("death"))
    wrote = q.treats and q.institution == item.institution
    admitted = q.admitted and q.auditable and q.role not in READS_NOTHING
    yield 1, None if admitted else False

    if reads and q.role in {"patient", "representative"}:
        speaks = not dead and _speaks_for(q, p, policy)
        yield 4, False if speaks and item.genetic and _is_another(q, p, policy) else None
        yield 2, speaks
    yield 2, False if dead and reads and q.path == "query" else None

    if item.consent_document:
        yield 3 if wrote else 12, wrote
    yield 3, True if q.path == "own-chart" and wrote else None

    care = q.path in QUERIES and q.treats and q.same_disease and bool(_reached(q))
    yield 4, False if item.genetic and not care else None

    if q.path == "statutory":
        yield 5, any(one.holder == item.institution for one in _opening(q, p, "release"))
    if q.path == "delivery":
        paper = q.role != "insurer-clerk" or item.kind in policy.insurer_papers
        yield 6, paper and any(_opening(q, p, "delivery"))
    if q.path == "emergency" and q.clinician and not p.said("never-in-emergency"):
        yield 7, _in_emergency(q, p, policy) or None
    if q.path == "addressed" and q.treats and (reads or wrote):
        yield 8, _sent(q, p, consent) or None

    stands = consent is not None and _lasts(q, consent) and not (dead and reads)
    if q.path in QUERIES:
        yield 9, None if stands else False
        treating = not reads or p.treated_at(q.institution, q.time)
        yield 10, None if wrote or (q.treats and treating) else False
    if consent is not None:
        yield 11, None if item.day is not None and item.day >= consent.since else False
    if reads and not p.said("show-sensitive"):
        yield 12, False if policy.hidden & {item.confidentiality, item.department} else None
    yield 12, False if _exclusions(q, p, {q.institution if reads else None}) else None
    if q.path == "programme":
        joined = {one.key for one in p.stands("programme", q.time)} - policy.evaluations
        if consent is not None and stands and "evaluation" in consent.boxes:
            joined |= policy.evaluations
        yield 13, q.programme in policy.programmes & joined and not q.employer
    yield 14, q.path in QUERIES and q.purpose in {"TREAT", "ETREAT"}


def _lasts(q: Question, consent: Act) -> bool:
    return consent.until is None or q.today <= consent.until


def _speaks_for(q: Question, p: Patient, policy: Policy) -> bool:
    """Whether the patient asks, or one who stands in their place."""
    age = policy.majority if p.born is None else age_on(q.today, p.born)
    if q.role == "patient":
        return q.person == p.id and age >= policy.own_voice
    forms = {"mandatary", "court-guardian"} if age >= policy.majority else {"parent"}
    if age < policy.own_voice:
        forms = {"legal-representative", "court-guardian"}
    mine = [one for one in p.stands("mandate", q.time) if one.who == q.person]
    valid = [one for one in mine if one.form in forms and (one.until or one.form != "mandatary")]
    return not p.said("abuse-flag") and any(one.bounds.hold(q.item) for one in valid)


def _is_another(q: Question, p: Patient, policy: Policy) -> bool:
    """Whether a representative is somebody other than the patient to the law on genetic items."""
    child = p.born is not None and age_on(q.today, p.born) < policy.own_voice
    return q.role == "representative" and not (child and policy.child_is_represented_in_genetics)


def _opening(q: Question, p: Patient, kind: str) -> list[Act]:
    """Releases or deliveries that open this item to the institution that asks."""
    opened = {(one.key, one.who) for one in p.acts if one.kind == "opened"}
    found = [one for one in p.stands(kind, q.time) if (one.key, q.item.id) not in opened]
    return [one for one in found if one.at == q.institution and one.bounds.hold(q.item)]


def _in_emergency(q: Question, p: Patient, policy: Policy) -> bool:
    found = [one for one in p.stands("emergency", q.time) if one.form in CASES]
    mine = [one.time for one in found if (one.at, one.who) == (q.institution, q.person)]
    return q.purpose == "ETREAT" and any(q.time < time + policy.emergency for time in mine)


def _reached(q: Question) -> set[object]:
    """Whom the answer reaches: the reader, or those to whom it is sent but the sender."""
    sent = q.item.sending
    to = sent.to - {q.item.institution} if sent else set()
    return ({q.institution} if q.act == "read" else set(to)) - {None}


def _sent(q: Question, p: Patient, consent: Act | None) -> bool:
    """Whether it may go, or has gone, to them with the patient's consent to this sending."""
    sent, day, reached = q.item.sending, q.item.day, _reached(q)
    if sent is None or not reached or not reached <= sent.to - {q.item.institution}:
        return False
    older = consent is not None and _lasts(q, consent) and (day is None or day < consent.since)
    spoke = [one.time for one in p.acts if one.kind == "exclude"]
    warned = sent.warned is not None and all(time <= sent.warned for time in spoke)
    kept_out = not warned and bool(_exclusions(q, p, reached))
    held = q.act == "read" and p.consent_ended_since(sent.time, q.time)
    return sent.consented and not held and not kept_out and (sent.ticked or not older)


def _exclusions(q: Question, p: Patient, viewers: Iterable[object]) -> list[Act]:
    """Those under which the item or one who would view it falls."""
    met = {"source": q.item.institution, "department": q.item.department, "document": q.item.id}
    found = p.said("exclude")
    return [one for one in found if any(one.key.fits(**met, viewer=who) for who in viewers)]
