"""Why somebody is not let in, or may not change how they sign in. No message names a person."""


class Refused(Exception):
    """A sign-in, or a change to one, that is not made."""


class NotRecognised(Refused):
    """Whoever tries is not recognised. What was wrong is not told: the answer is always this."""


class TooSoon(Refused):
    """It was tried too often; the wait grows with every further failure."""


class CeremonyInvalid(Refused):
    """A passkey's answer does not fit what it was asked (WebAuthn level 3, section 7)."""


class IdentityUnverified(Refused):
    """The provider of 본인확인 did not say who this is."""


class ProviderUnavailable(Refused):
    """The provider of 본인확인 cannot be reached, or answers what cannot be read."""


class AlreadyKnown(Refused):
    """The person has an account already."""


class NotFound(Refused):
    """There is no such passkey, device, post or client of theirs."""


class AlreadyBlocked(Refused):
    """The account is blocked already."""


class PasswordWeak(Refused):
    """The password is too short or too well known, or the name for it is taken."""


class InvitationInvalid(Refused):
    """The invitation is used, over, or for somebody else."""


class ClientInvalid(Refused):
    """A client is not registered so: the sentence says what is wrong with it."""
