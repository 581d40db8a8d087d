"""The access record of a request that decided very much."""

from datetime import UTC, datetime

from naru.audit.records import AuditedDecision
from naru.domain.decision import Reason
from naru.exchange import identify
from naru.exchange.access import EACH_DECISION, Access


def test_of_very_many_decisions_the_first_stand_alone_and_the_others_are_counted() -> None:
    access = Access(
        transaction="ITI-18",
        caller=identify.stranger(address=""),
        time=datetime(2026, 11, 20, tzinfo=UTC),
    )
    reason = next(iter(Reason))
    for number in range(EACH_DECISION + 30):
        access.decided(
            AuditedDecision(
                object_id=str(number), permitted=number % 3 != 0, rule=14, reason=reason
            )
        )
    decisions = access.record().decisions
    assert [one.object_id for one in decisions[:2]] == ["0", "1"]
    assert len(decisions) == EACH_DECISION + 2
    assert {(one.object_id, one.permitted) for one in decisions[EACH_DECISION:]} == {
        ("(20 more)", True),
        ("(10 more)", False),
    }
