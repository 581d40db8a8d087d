"""Ceremonies of WebAuthn level 3: the published vectors, and every way to cheat that we know of."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.test import override_settings
from fido2 import cbor
from fido2.cose import ES256
from fido2.webauthn import UserVerificationRequirement

from naru.accounts import passkeys
from naru.accounts.errors import CeremonyInvalid
from naru.accounts.passkeys import Challenge, NewCredential
from tests.signing_in import Authenticator, text

NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)
ACCOUNT = UUID(int=7)


class Published:
    """WebAuthn level 3, section 16, `none.ES256`: made as the section says, from its seed.

    That they are the published ones is known by the digests of what stands there.
    """

    origin = "https://example.org"

    def __init__(self) -> None:
        self.challenge, private = self.derive(0, 32), self.derive(1, 32)
        extra = f'"extraData":"clientDataJSON may be extended with additional fields in the future, such as this: {text(self.derive(3, 16))}"'  # noqa: E501  # As published.
        self.id = self.derive(5, 32)
        self.key = ec.derive_private_key(int.from_bytes(private), ec.SECP256R1())
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        rp = sha256(b"example.org").digest()
        attested = self.derive(4, 16) + len(self.id).to_bytes(2) + self.id + public
        data = rp + bytes([0x59]) + bytes(4) + attested
        self.created = self.client_data("webauthn.create", self.challenge, f",{extra}")
        self.attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        self.asked = self.derive(7, 32)
        self.data = rp + bytes([0x19]) + bytes(4)
        self.got = self.client_data("webauthn.get", self.asked)
        signed = self.data + sha256(self.got).digest()
        how = ec.ECDSA(SHA256(), deterministic_signing=True)
        self.signature = self.key.sign(signed, how)

    @staticmethod
    def derive(number: int, length: int) -> bytes:
        made = HKDF(SHA256(), length, salt=bytes([number]), info=b"none.ES256")
        return made.derive(b"WebAuthn test vectors")

    def client_data(self, kind: str, challenge: bytes, more: str = "") -> bytes:
        said = f'"type":"{kind}","challenge":"{text(challenge)}","origin":"{self.origin}"'
        return f'{{{said},"crossOrigin":false{more}}}'.encode()

    def answer(self, **response: bytes) -> dict[str, Any]:
        return {
            "id": text(self.id),
            "rawId": text(self.id),
            "type": "public-key",
            "response": {name: text(value) for name, value in response.items()},
        }


@pytest.fixture
def published() -> Any:
    with override_settings(NARU=replace(settings.NARU, pages=Published.origin)):
        yield Published()


def asked(challenge: bytes) -> Challenge:
    return Challenge(value=text(challenge), ends=NOW + passkeys.PATIENCE)


def test_the_vectors_are_those_that_are_published(published: Published) -> None:
    digests = [sha256(one).hexdigest()[:16] for one in (published.attestation, published.signature)]

    assert published.challenge.hex().startswith("00c30fb78531c464")
    assert published.asked.hex().startswith("39c0e7521417ba54")
    assert published.id.hex().startswith("f91f391db4c9b2fd")
    assert digests == ["c0aa49c57f59765c", "e6b84e03104e4fc5"]


def test_published_vectors_pass_both_ceremonies_and_no_replay_does(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Their authenticator verified no user, which the standard leaves to the relying party.
    monkeypatch.setattr(passkeys, "VERIFICATION", UserVerificationRequirement.PREFERRED)
    registration = published.answer(
        clientDataJSON=published.created, attestationObject=published.attestation
    )
    assertion = published.answer(
        clientDataJSON=published.got,
        authenticatorData=published.data,
        signature=published.signature,
    )

    made = passkeys.registered(asked(published.challenge), registration, NOW)
    count = passkeys.signed(asked(published.asked), made.attested, ACCOUNT, assertion, NOW)

    assert made.id == published.id
    assert count == 0
    with pytest.raises(CeremonyInvalid, match="before"):
        passkeys.registered(asked(published.challenge), registration, NOW)
    with pytest.raises(CeremonyInvalid, match="before"):
        passkeys.signed(asked(published.asked), made.attested, ACCOUNT, assertion, NOW)


def test_a_passkey_that_verified_nobody_is_not_taken(published: Published) -> None:
    registration = published.answer(
        clientDataJSON=published.created, attestationObject=published.attestation
    )

    with pytest.raises(CeremonyInvalid):
        passkeys.registered(asked(published.challenge), registration, NOW)


def made_by(authenticator: Authenticator) -> NewCredential:
    options, challenge = passkeys.ask_to_register(ACCOUNT, "김나루", (), NOW)
    return passkeys.registered(challenge, json.loads(authenticator.create(plain(options))), NOW)


def plain(options: Any) -> dict[str, Any]:
    return json.loads(json.dumps(options, default=dict))


def test_what_was_registered_signs() -> None:
    authenticator = Authenticator()
    made = made_by(authenticator)
    options, challenge = passkeys.ask_to_sign(NOW)
    answer = json.loads(authenticator.get(plain(options)))

    assert passkeys.claimed_id(answer) == made.id
    assert passkeys.signed(challenge, made.attested, ACCOUNT, answer, NOW) == 1


@pytest.mark.parametrize(
    "cheat",
    [
        {"origin": "https://evil.example"},
        {"type": "webauthn.create"},
        {"challenge": text(bytes(32))},
        {"crossOrigin": True},
    ],
)
def test_client_data_of_another_page_or_kind_or_challenge_is_refused(cheat: dict[str, Any]) -> None:
    authenticator = Authenticator()
    made = made_by(authenticator)
    options, challenge = passkeys.ask_to_sign(NOW)
    answer = json.loads(authenticator.get(plain(options), **cheat))

    with pytest.raises(CeremonyInvalid):
        passkeys.signed(challenge, made.attested, ACCOUNT, answer, NOW)


def test_another_key_another_user_and_a_late_answer_are_refused() -> None:
    authenticator = Authenticator()
    made = made_by(authenticator)
    options, challenge = passkeys.ask_to_sign(NOW)
    answer = json.loads(authenticator.get(plain(options)))
    forged = json.loads(
        replace(authenticator, key=ec.generate_private_key(ec.SECP256R1())).get(plain(options))
    )

    with pytest.raises(CeremonyInvalid):
        passkeys.signed(challenge, made.attested, ACCOUNT, answer, NOW + timedelta(minutes=6))
    with pytest.raises(CeremonyInvalid):
        passkeys.signed(challenge, made.attested, ACCOUNT, forged, NOW)
    options, challenge = passkeys.ask_to_sign(NOW)
    answer = json.loads(authenticator.get(plain(options)))
    with pytest.raises(CeremonyInvalid, match="handle"):
        passkeys.signed(challenge, made.attested, UUID(int=8), answer, NOW)


@pytest.mark.parametrize("answer", [{}, {"id": 1}, {"response": None}, {"rawId": "!", "id": "!"}])
def test_what_is_no_answer_is_refused(answer: dict[str, Any]) -> None:
    _options, challenge = passkeys.ask_to_sign(NOW)

    with pytest.raises(CeremonyInvalid):
        passkeys.claimed_id(answer)
    with pytest.raises(CeremonyInvalid):
        passkeys.registered(challenge, answer, NOW)


def _octets(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


HUGE = 10**18  # Of which, as octets, no machine has the memory.
CLIENT_DATA = _octets(b'{"type":"webauthn.get","challenge":"eA","origin":"x"}')
BROKEN: tuple[dict[str, Any], ...] = (
    {"clientDataJSON": HUGE},
    {"clientDataJSON": _octets(b'{"type":"webauthn.get","challenge":%d}' % HUGE)},
    {"authenticatorData": HUGE},
    {"signature": HUGE},
    {"userHandle": HUGE},
    {"attestationObject": HUGE},
    {"attestationObject": _octets(cbor.encode({"fmt": "none", "attStmt": {}, "authData": HUGE}))},
    {"attestationObject": _octets(b"\x81" * 20_000)},
    {"attestationObject": _octets(b"\x5b" + b"\xff" * 8)},
    {"attestationObject": _octets(b"\x1b\x00")},
    # With data of extensions that are nested deep.
    {"authenticatorData": _octets(bytes(32) + b"\x85" + bytes(4) + b"\x81" * 20_000)},
)


@pytest.mark.parametrize("broken", BROKEN, ids=range(len(BROKEN)))
def test_numbers_for_octets_and_broken_cbor_are_refused(broken: dict[str, Any]) -> None:
    sound = {"clientDataJSON": CLIENT_DATA, "authenticatorData": "AA", "signature": "AA"}
    answer = {"id": "AA", "rawId": "AA", "type": "public-key", "response": sound | broken}
    _options, challenge = passkeys.ask_to_sign(NOW)

    if "attestationObject" not in broken:
        with pytest.raises(CeremonyInvalid):
            passkeys.claimed_id(answer)
    with pytest.raises(CeremonyInvalid):
        passkeys.registered(challenge, answer, NOW)


def test_any_byte_that_is_changed_or_missing_is_refused() -> None:
    authenticator = Authenticator()
    made = made_by(authenticator)
    options, _challenge = passkeys.ask_to_sign(NOW)
    whole = json.loads(authenticator.get(plain(options)))
    for name in ("clientDataJSON", "authenticatorData", "signature"):
        for change in (whole["response"][name][:-4], "A" + whole["response"][name][1:], ""):
            told = whole | {"response": whole["response"] | {name: change}}
            challenge = Challenge(
                value=options["challenge"]
                if isinstance(options["challenge"], str)
                else text(options["challenge"]),
                ends=NOW + timedelta(minutes=5, seconds=1),
            )
            if change == whole["response"][name]:
                continue
            with pytest.raises(CeremonyInvalid):
                passkeys.signed(challenge, made.attested, ACCOUNT, told, NOW)
