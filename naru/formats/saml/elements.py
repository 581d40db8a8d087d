"""Reading elements of SAML: each value under a bound, each time in UTC."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from lxml.etree import _Element

from naru.domain.assertion import AssertionRefused, SecurityFault
from naru.domain.moments import in_utc
from naru.formats.xml.namespaces import SAML2

MAX_REPETITIONS: Final = 64
"""Of one element or attribute; real assertions hold under ten."""
MAX_LENGTH: Final = 1000
"""Characters of one value."""

_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def invalid(sentence: str) -> AssertionRefused:
    """What is signed is not an assertion as XUA profiles it."""
    return AssertionRefused(SecurityFault.InvalidSecurityToken, sentence)


def children(parent: _Element, name: str) -> Iterator[_Element]:
    """The children of that name; more than there may be are refused."""
    for number, child in enumerate(parent.iterchildren(f"{{{SAML2}}}{name}")):
        if number == MAX_REPETITIONS:
            raise invalid(f"The assertion holds too many elements {name}.")
        yield child


def optional(parent: _Element, name: str) -> _Element | None:
    """The one child of that name, or None."""
    found = list(children(parent, name))
    if len(found) > 1:
        raise invalid(f"The assertion holds {name} twice.")
    return found[0] if found else None


def required(parent: _Element, name: str) -> _Element:
    """The one child of that name."""
    found = optional(parent, name)
    if found is None:
        raise invalid(f"The assertion holds no {name}.")
    return found


def text(element: _Element) -> str:
    """The text of an element that holds nothing but text."""
    if len(element):
        raise invalid("A value of the assertion holds elements.")
    return bounded((element.text or "").strip())


def bounded(value: str) -> str:
    """The value, which is no longer than any real one."""
    if len(value) > MAX_LENGTH:
        raise invalid("A value of the assertion is too long.")
    return value


def attribute(element: _Element, name: str) -> str | None:
    """An attribute's value, None where it is absent or empty."""
    return bounded((element.get(name) or "").strip()) or None


def optional_time(element: _Element, name: str) -> datetime | None:
    """An attribute that is an xs:dateTime (SAML 2.0 Core 1.3.3: in UTC)."""
    value = attribute(element, name)
    if value is None:
        return None
    if not _TIME.fullmatch(value):
        raise invalid(f"{name} is not a time.")
    try:
        return in_utc(datetime.fromisoformat(value))
    except ValueError:
        raise invalid(f"{name} is not a time.") from None


def required_time(element: _Element, name: str) -> datetime:
    """The same of one that must be there."""
    found = optional_time(element, name)
    if found is None:
        raise invalid(f"The assertion has no {name}.")
    return found


def time_text(time: datetime) -> str:
    """The xs:dateTime of an instant."""
    moment = time.astimezone(UTC)
    form = "milliseconds" if moment.microsecond else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=form) + "Z"
