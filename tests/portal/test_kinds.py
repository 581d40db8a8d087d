"""Whatever somebody does at a door, the person it concerns reads it in words."""

import pytest

from naru.faces.fhir.interactions import INTERACTIONS
from naru.faces.iti.transactions import TRANSACTIONS
from naru.portal import kinds
from naru.portal.kinds import Kind

NOBODYS = {"FHIR capabilities", "ITI-102", "ITI-103"}
"""What tells of the node and of no person."""


@pytest.mark.parametrize(
    "name",
    sorted({one.name for one in TRANSACTIONS} | {one.name for one in INTERACTIONS} - NOBODYS),
)
def test_every_transaction_of_a_door_has_a_kind(name: str) -> None:
    assert kinds.of(name) is not Kind.OTHER
