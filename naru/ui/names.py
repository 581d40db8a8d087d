from django.utils.translation import gettext


def in_language(name: str) -> str:
    """A name as it is called in the reader's language, where the catalogue knows it."""
    return gettext(name) if name else ""  # To gettext, nothing is the name of its own header.
