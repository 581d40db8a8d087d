"""Whether an assertion is believed, here and now (ITI TF-2 3.40.4.1.3; SAML 2.0 Core 2.5)."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from naru.directory import queries as directory
from naru.domain.assertion import (
    Assertion,
    AssertionRefused,
    Confirmation,
    Method,
    SecurityFault,
    SignedAssertion,
)
from naru.domain.korea import korean_day
from naru.domain.provider import AssertionProvider
from naru.security import replay
from naru.security.peer import public_key

SKEW: Final = timedelta(seconds=30)
"""How far the clocks of a provider and of ours may be apart."""

LONGEST: Final = timedelta(hours=12)
"""An assertion of a longer life is refused: it would outlive the user's day at work."""


def opened(signed: SignedAssertion, now: datetime) -> tuple[Assertion, AssertionProvider]:
    """The assertion, and the provider whom we trust and who signed it; else AssertionRefused.

    Who is trusted is asked anew each time, so that trust that ends, ends with the next request.
    """
    for provider in directory.assertion_providers(on=korean_day(now), issuer=signed.issuer):
        assertion = signed.open(provider.certificate)
        # Only what was signed counts: its issuer once more, after the signature holds.
        if assertion is not None and assertion.issuer == provider.issuer:
            return assertion, provider
    raise _refused("No trusted assertion provider signed this.")


def check(
    assertion: Assertion,
    *,
    audiences: Collection[str],
    certificate: bytes | None,
    now: datetime,
    recipients: Collection[str] = (),
) -> None:
    """Raise AssertionRefused unless the assertion is for us, for now and for whoever brings it.

    XUA leaves open what a Recipient says; an OAuth grant does not, and gives its `recipients`.
    """
    _check_time(assertion, now)
    # ITI TF-2 3.40.4.1.2: "shall contain an AudienceRestriction"; SAML 2.0 Core 2.5.1.4: all hold.
    if not assertion.audiences or any(
        restriction.isdisjoint(audiences) for restriction in assertion.audiences
    ):
        raise _refused("The assertion is not for this service.")
    _check_authentication(assertion, now)
    ours = [one for one in assertion.confirmations if _is_for(one, recipients)]
    if not any(_confirms(each, certificate, now) for each in ours):
        raise _refused("Nothing confirms that the assertion is of whoever brings it.")


def use(assertion: Assertion, *, message_id: str | None, bearer: str, now: datetime) -> None:
    """Mark this use; raises AssertionRefused for a replay (docs/adr/0013).

    An assertion accompanies several requests of its `bearer`, each message once.
    """
    if not message_id:
        raise _refused("A message with an assertion has a wsa:MessageID.")
    own = f"assertion\n{assertion.issuer}\n{assertion.id}"
    once = [f"{own}\n{message_id}"]
    if assertion.one_time_use:
        once.append(f"{own}\nonce")
    to = hashlib.sha256(assertion.digest + bearer.encode()).digest()
    try:
        replay.use(once, {own: to}, until=assertion.not_on_or_after + SKEW, now=now)
    except replay.Replayed:
        raise _refused("The message or its assertion was used before.") from None


def _check_time(assertion: Assertion, now: datetime) -> None:
    if now + SKEW < max(assertion.not_before, assertion.issued):
        raise _refused("The assertion is not valid yet.")
    if now - SKEW >= assertion.not_on_or_after:
        raise _refused("The assertion has expired.")
    if assertion.not_on_or_after - assertion.not_before > LONGEST:
        raise _refused("The assertion is valid for too long.")


def _check_authentication(assertion: Assertion, now: datetime) -> None:
    # ITI TF-2 3.40.4.1.2: "shall contain an AuthnStatement".
    if not assertion.authentications:
        raise _refused("The assertion does not say how the user was authenticated.")
    for one in assertion.authentications:
        if one.time > now + SKEW or (one.session_ends and one.session_ends <= now - SKEW):
            raise _refused("The user's authentication is not of now.")


def _is_for(confirmation: Confirmation, recipients: Collection[str]) -> bool:
    # RFC 7522 section 3, item 5: a Recipient is the token endpoint.
    return not recipients or confirmation.recipient in {None, *recipients}


def _confirms(confirmation: Confirmation, certificate: bytes | None, now: datetime) -> bool:
    early = confirmation.not_before is not None and now + SKEW < confirmation.not_before
    ends = confirmation.not_on_or_after
    if early or (ends is not None and now - SKEW >= ends):
        return False
    if confirmation.method == Method.BEARER:
        return True
    # SAML 2.0 Profiles 3.1: who holds the key; the connection has proved which key that is.
    return (
        confirmation.method == Method.HOLDER_OF_KEY
        and certificate is not None
        and public_key(certificate) in confirmation.keys
    )


def _refused(sentence: str) -> AssertionRefused:
    return AssertionRefused(SecurityFault.FailedAuthentication, sentence)
