"""Names as HL7 v2.5 writes them within XDS metadata: XCN of people, XON of organisations.

The one place that knows how: ITI TF-3 Table 4.2.3.1.7-2 says which components are used, and
HL7 v2.5 2.7 how their delimiters are written within one.
"""

import re
from collections.abc import Sequence
from typing import Final

_ESCAPED: Final = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"}
_MEANT: Final = {code: sign for sign, code in _ESCAPED.items()}
_SIGN: Final = re.compile(r"[\\|^&~]")
_CODE: Final = re.compile(r"\\[EFSTR]\\")


def escape(text: str) -> str:
    """Text as it stands within one component."""
    return _SIGN.sub(lambda found: _ESCAPED[found[0]], text)


def unescape(text: str) -> str:
    """What a component's text means; a code that is none of the five is left as it is."""
    return _CODE.sub(lambda found: _MEANT[found[0]], text)


def component(parts: Sequence[str], number: int) -> str:
    """The part at that place, counted from 0; empty where the text ends before it."""
    return parts[number] if number < len(parts) else ""


def joined(*components: str | None) -> str:
    """A field of components, each escaped already, without trailing delimiters."""
    return "^".join(one or "" for one in components).rstrip("^")


def xcn(number: str, name: str, authority: str) -> str:
    """Somebody by the number that an authority, an OID, gave them.

    The whole name stands as the family name: a Korean name is never taken apart.
    """
    return joined(escape(number), escape(name), *[None] * 6, f"&{authority}&ISO")


def xon(name: str, oid: str) -> str:
    """An organisation by its name and OID, which needs no assigning authority beside it."""
    return joined(escape(name), *[None] * 8, oid)
