"""The same question gets the same answer at every door, and it is the one that the law gives."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.one_answer import drawn
from tests.one_answer.comparing import compare
from tests.one_answer.places import Places
from tests.one_answer.wire import Wire


def drawing(examples: int) -> settings:
    """So many worlds. A smaller one would take minutes to find, and tells little more."""
    return settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
        ],
    )


@pytest.mark.timeout(300)
@given(data=st.data())
@drawing(6)
def test_every_door_gives_the_same_answer(places: Places, wire: Wire, data: st.DataObject) -> None:
    _compare_in_drawn_worlds(places, wire, data)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("hundred", range(1, 7))
@given(data=st.data())
@settings(drawing(100), derandomize=False)
def test_every_door_gives_the_same_answer_in_many_worlds(
    places: Places, wire: Wire, hundred: int, data: st.DataObject
) -> None:
    """Six hundred in all, new ones each time, so that several processes share them."""
    _compare_in_drawn_worlds(places, wire, data)


def _compare_in_drawn_worlds(places: Places, wire: Wire, data: st.DataObject) -> None:
    world = data.draw(drawn.worlds(places, wire))
    for _ in range(2):
        compare(wire, data.draw(drawn.questions(world, places)))
