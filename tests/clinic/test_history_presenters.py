"""How a line of the past is worded."""

from datetime import UTC, date, datetime

import pytest

from naru.clinic.history_presenters import allergy, drug
from naru.domain.clinical import Allergy, AllergyKind, Medication
from naru.domain.past_history import Line, Origin, Told

WRITTEN = datetime(2026, 11, 20, 1, tzinfo=UTC)
ORIGIN = Origin(institution="2.999.10.1", title="진료의뢰서", document="2.999.1", written=WRITTEN)


@pytest.mark.parametrize(
    ("times", "worded"),
    [("3", "하루 3회"), ("3회", "3회"), ("하루 3회", "하루 3회"), ("필요 시", "필요 시")],
)
def test_how_often_a_drug_is_taken_is_worded_once(times: str, worded: str) -> None:
    taken = Medication(time=WRITTEN, code="TEST-M01", name="시험약", dose="1정", times=times)
    assert drug(Line((Told(taken, ORIGIN),))).words == f"1정 · {worded}"


def test_every_kind_of_allergy_has_its_word() -> None:
    told = {
        kind: allergy(
            Line((Told(Allergy(date=date(2026, 11, 1), kind=kind, name="땅콩"), ORIGIN),))
        )
        for kind in AllergyKind
    }
    assert len({row.marked for row in told.values()}) == len(AllergyKind)
    assert told[AllergyKind.FOOD].marked == "음식"
    assert {kind for kind, row in told.items() if row.mark == "stop"} == {AllergyKind.DRUG}
