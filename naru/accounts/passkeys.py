"""The two ceremonies of WebAuthn level 3 (sections 7.1 and 7.2), over python-fido2.

A challenge is good once; an answer is believed only from our own pages, for our own relying party,
from an authenticator that verified its user.
"""

import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from fido2 import cbor
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from naru.accounts.errors import CeremonyInvalid
from naru.security import replay

PATIENCE: Final = timedelta(minutes=5)
"""How long an answer to a challenge is waited for."""

VERIFICATION: Final = UserVerificationRequirement.REQUIRED
"""The authenticator makes sure that it is its user: so a passkey alone is two factors."""

LARGEST_CREDENTIAL: Final = 1023
"""Bytes of a credential id (WebAuthn level 3, 4)."""

Options = Mapping[str, Any]
"""What a browser is asked, in the names of WebAuthn's own JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What was asked, kept in the session until the answer comes."""

    value: str
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCredential:
    """A credential that was just made; `attested` is its attested credential data."""

    id: bytes
    attested: bytes
    sign_count: int


def ask_to_register(
    account: UUID, name: str, known: Iterable[bytes], now: datetime
) -> tuple[Options, Challenge]:
    """Ask for a new passkey of the account, on no authenticator that has one of it already."""
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(id=account.bytes, name=name, display_name=name),
        credentials=[AttestedCredentialData(one) for one in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=VERIFICATION,
    )
    return dict(options)["publicKey"], Challenge(value=state["challenge"], ends=now + PATIENCE)


def registered(challenge: Challenge, answer: Mapping[str, Any], now: datetime) -> NewCredential:
    """The passkey that was made for the challenge; raises CeremonyInvalid (7.1)."""
    _use(challenge, now)
    try:
        response = RegistrationResponse.from_dict(_of_texts(answer))
        _require_own_frame(response.response.client_data)
        data = _server().register_complete(_state(challenge), response)
    except _UNREADABLE as error:
        raise CeremonyInvalid(type(error).__name__) from None
    credential = data.credential_data
    if credential is None or len(credential.credential_id) > LARGEST_CREDENTIAL:
        raise CeremonyInvalid("no credential")
    if response.raw_id != credential.credential_id:
        raise CeremonyInvalid("another credential's id")
    return NewCredential(
        id=credential.credential_id, attested=bytes(credential), sign_count=data.counter
    )


def ask_to_sign(now: datetime) -> tuple[Options, Challenge]:
    """Ask for any passkey of ours: whose it is nobody has to say, and nobody can learn."""
    options, state = _server().authenticate_begin(user_verification=VERIFICATION)
    return dict(options)["publicKey"], Challenge(value=state["challenge"], ends=now + PATIENCE)


def claimed_id(answer: Mapping[str, Any]) -> bytes:
    """Which credential an answer claims to be of: good for finding it. Raises CeremonyInvalid."""
    try:
        return AuthenticationResponse.from_dict(_of_texts(answer)).raw_id
    except _UNREADABLE as error:
        raise CeremonyInvalid(type(error).__name__) from None


def signed(
    challenge: Challenge, attested: bytes, owner: UUID, answer: Mapping[str, Any], now: datetime
) -> int:
    """The authenticator's counter, if the credential signed the challenge (7.2).

    Raises CeremonyInvalid.
    """
    _use(challenge, now)
    try:
        response = AuthenticationResponse.from_dict(_of_texts(answer))
        _require_own_frame(response.response.client_data)
        credential = AttestedCredentialData(attested)
        _server().authenticate_complete(_state(challenge), [credential], response)
    except _UNREADABLE as error:
        raise CeremonyInvalid(type(error).__name__) from None
    handle = response.response.user_handle
    # 7.2 step 6: where a user handle comes, it names the credential's owner.
    if handle is not None and handle != owner.bytes:
        raise CeremonyInvalid("another user's handle")
    return response.response.authenticator_data.counter


# What python-fido2 raises for answers that are wrong, cut short or of other types.
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    NotImplementedError,  # A key type or curve that fido2 does not know; none that we left out.
    RecursionError,  # CBOR that is nested too deep.
    OverflowError,  # CBOR of a length beyond any.
    struct.error,  # CBOR that ends within a number.
)


_OCTETS: Final = frozenset(
    {"clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"}
)
"""What of an answer is octets, in base64url (WebAuthn level 3, 5.1)."""


def _of_texts(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """What of the answer is read, if it is of its type.

    Of a number where octets stand fido2 would make as many: two thousand millions by ten digits.
    """
    response = answer.get("response")
    if not isinstance(response, dict):
        raise CeremonyInvalid("no response")
    read = {name: one for name, one in response.items() if name in _OCTETS and one is not None}
    named = {name: answer[name] for name in ("id", "rawId", "type") if name in answer}
    if not all(isinstance(one, str) for one in (*read.values(), *named.values())):
        raise CeremonyInvalid("no text")
    client_data = json.loads(websafe_decode(read["clientDataJSON"]))
    if not isinstance(client_data["challenge"], str):
        raise CeremonyInvalid("a challenge that is no text")
    if "attestationObject" in read:
        attested = cbor.decode(websafe_decode(read["attestationObject"]))
        if not (isinstance(attested, Mapping) and isinstance(attested["authData"], bytes)):
            raise CeremonyInvalid("an attestation without octets")
    return {**named, "response": read}


def _require_own_frame(client_data: Any) -> None:
    # 7.1 step 10 and 7.2 step 14: our pages stand in nobody's frame.
    if client_data.cross_origin:
        raise CeremonyInvalid("asked in another page's frame")


def _use(challenge: Challenge, now: datetime) -> None:
    if challenge.ends <= now:
        raise CeremonyInvalid("too late")
    try:
        replay.use([f"webauthn\n{challenge.value}"], until=challenge.ends, now=now)
    except replay.Replayed:
        raise CeremonyInvalid("used before") from None


def _state(challenge: Challenge) -> dict[str, object]:
    return {
        "challenge": challenge.value,
        "user_verification": VERIFICATION,
    }


def _server() -> Fido2Server:
    pages = settings.NARU.pages_url
    host = urlsplit(pages).hostname or ""
    return Fido2Server(
        PublicKeyCredentialRpEntity(name="나루", id=host),
        verify_origin=lambda origin: origin == pages,
    )
