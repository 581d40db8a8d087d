from django.utils.translation import get_language, gettext

from naru.domain import roles
from naru.domain.caller import Role


def in_language(name: str) -> str:
    """A name as it is called in the reader's language, where the catalogue knows it."""
    return gettext(name) if name else ""  # To gettext, nothing is the name of its own header.


def role_name(role: Role) -> str:
    """The role in the reader's language."""
    row = roles.role_table().roles[role]
    return row.korean if get_language() == "ko" else row.english
