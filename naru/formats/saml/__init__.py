"""SAML 2.0 assertions as XUA profiles them (ITI TF-2 3.40), both ways."""

from naru.formats.saml.assertion import read_assertion, write_assertion
from naru.formats.saml.security import read_base64url, read_security, write_security
from naru.formats.saml.signed import Signed, read_signed, sign_assertion

__all__ = [
    "Signed",
    "read_assertion",
    "read_base64url",
    "read_security",
    "read_signed",
    "sign_assertion",
    "write_assertion",
    "write_security",
]
