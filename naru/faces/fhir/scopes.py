"""What tokens may open at this door, as the table of interactions has it."""

from typing import Final

from naru.domain.scopes import LETTERS, Offer
from naru.faces.fhir.interaction import Code
from naru.faces.fhir.interactions import INTERACTIONS
from naru.faces.fhir.needs import needs_of


def _offer() -> Offer:
    types: dict[str, set[str]] = {}
    for one in INTERACTIONS:
        for need in needs_of(one):
            types.setdefault(need.type, set()).add(need.letter)
    return Offer(
        transactions=frozenset(
            name
            for one in INTERACTIONS
            for name in (one.name, *one.also)
            if name[:4] == "ITI-" or (one.code is Code.OPERATION and not needs_of(one))
        ),
        types={
            kind: "".join(one for one in LETTERS if one in held) for kind, held in types.items()
        },
    )


OFFER: Final = _offer()
