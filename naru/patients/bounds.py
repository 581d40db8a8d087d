"""How much a record or a query may say of one person; checked before anything else reads it."""

from collections.abc import Iterable
from typing import Final

from naru.domain.person import Address, PersonName, Telecom
from naru.patients.errors import TooLarge

MAX_NAMES: Final = 50
"""Also of addresses and numbers: a person has a few of each."""
MAX_NAME: Final = 256
"""Characters of all parts of one name; the longest real ones have about two hundred."""
MAX_ADDRESS: Final = 1024
"""Characters of all parts of one address or telephone number."""


def require(
    *,
    names: tuple[PersonName, ...],
    addresses: tuple[Address, ...],
    telecoms: tuple[Telecom, ...],
) -> None:
    """Raise `TooLarge` for more or longer names, addresses or numbers than any person has."""
    if max(len(names), len(addresses), len(telecoms)) > MAX_NAMES:
        raise TooLarge("More is named than any person has.")
    if any(_length(_parts(name)) > MAX_NAME for name in names):
        raise TooLarge("A name is longer than any person's.")
    lines = [*map(_lines, addresses), *((one.value,) for one in telecoms)]
    if any(_length(one) > MAX_ADDRESS for one in lines):
        raise TooLarge("An address is longer than any person's.")


def _parts(name: PersonName) -> Iterable[str | None]:
    # The whole text repeats the parts and is measured apart from them.
    given = (name.family, name.birth_family, *name.given, name.prefix, name.suffix)
    return given if _length(given) > len(name.text or "") else (name.text,)


def _lines(address: Address) -> Iterable[str | None]:
    return (*address.lines, address.city, address.state, address.postal_code, address.country)


def _length(parts: Iterable[str | None]) -> int:
    return sum(len(part) for part in parts if part)
