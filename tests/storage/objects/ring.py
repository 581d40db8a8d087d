"""A key ring of one master key, without a folder."""

from naru.security.keys import FIRST_KEY, KeyRing, Keys, lasting_of


def ring_of(master: bytes) -> KeyRing:
    """The ring as that of a data folder which has only this `master.key`."""
    keys = Keys({FIRST_KEY: master}, lasting_of(master), FIRST_KEY, (FIRST_KEY,))
    return KeyRing(lambda: keys, lambda: None)
