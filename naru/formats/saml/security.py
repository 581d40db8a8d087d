"""wsse:Security (WS-Security 1.1 section 5) with the one token that XUA puts into it."""

import base64
import re
from typing import Final

from lxml.etree import _Element

from naru.domain.assertion import AssertionRefused, SecurityFault
from naru.formats.saml.assertion import ASSERTION
from naru.formats.saml.signed import Signed, read_signed
from naru.formats.xml import XmlLimits, parse
from naru.formats.xml.namespaces import ENV, WSSE, WSU

_TIMESTAMP: Final = f"{{{WSU}}}Timestamp"
_DECLARATION: Final = re.compile(r"^\ufeff?\s*<\?xml [^>]*\?>\s*")
_KIB: Final = 1024
_ALONE: Final = XmlLimits(size=256 * _KIB, text=64 * _KIB)
"""An assertion that comes by itself; a long one has 20 KB."""


def read_security(security: _Element | None) -> Signed | None:
    """The assertion of a header, or None where there is none.

    Raises AssertionRefused for any other token: what is not understood is not passed over. A
    wsu:Timestamp, which the assertion's own times make needless, may stand beside it.
    """
    if security is None:
        return None
    tokens = [child for child in security if child.tag != _TIMESTAMP]
    if not tokens:
        return None
    if [token.tag for token in tokens] != [ASSERTION]:
        raise AssertionRefused(
            SecurityFault.UnsupportedSecurityToken,
            "The security header holds other than one SAML 2.0 assertion.",
        )
    return read_signed(tokens[0])


def write_security(assertion: bytes) -> str:
    """The header for a request that carries this signed assertion."""
    return (
        f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:soapenv="{ENV}" soapenv:mustUnderstand="true">'
        f"{_DECLARATION.sub('', assertion.decode())}</wsse:Security>"
    )


def read_base64url(text: str) -> Signed:
    """The assertion of an OAuth grant (RFC 7522 section 2.1): base64url without line ends."""
    bare = text.rstrip("=")
    try:
        element = parse(
            base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True),
            limits=_ALONE,
        )
    except ValueError:  # Of base64 and XML alike.
        raise AssertionRefused(
            SecurityFault.InvalidSecurity, "The assertion is not base64url of XML."
        ) from None
    return read_signed(element)
