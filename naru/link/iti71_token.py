"""ITI-71 with the user's assertion (RFC 7522): the token with which somebody asks at `/fhir`."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from naru.link import fhir, user
from naru.link.config import LinkConfig
from naru.link.connection import Connections
from naru.link.errors import AnswerNotUnderstood

_SAML2: Final = "urn:ietf:params:oauth:grant-type:saml2-bearer"


def bearing(connections: Connections, config: LinkConfig, scope: str) -> Mapping[str, str]:
    """The header that bears a token of this scope alone; none where nobody is told to ask."""
    assertion = user.assertion_borne()
    if not assertion:
        return {}
    form = {
        "grant_type": _SAML2,
        "assertion": urlsafe_b64encode(assertion).rstrip(b"=").decode(),
        "scope": scope,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    answer = fhir.post_octets(connections, config.token, urlencode(form).encode(), headers)
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise AnswerNotUnderstood("the answer has no access_token")
    return {"Authorization": f"Bearer {token}"}
