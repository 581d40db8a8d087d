"""PostgreSQL 15 or later through psycopg 3, described by one URL."""

from urllib.parse import parse_qsl, unquote, urlsplit

SCHEMES = frozenset({"postgresql", "postgres"})


class NotADatabase(ValueError):
    """The URL names no database that can be used."""


def database(url: str) -> dict[str, object]:
    """Django's description of `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in SCHEMES or not name:
        # The URL may hold a password, so that only its scheme is repeated.
        raise NotADatabase(f"A database URL is postgresql://…/name, not {parts.scheme!r}.")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,  # Connections live as long as their thread.
        "CONN_HEALTH_CHECKS": True,  # A standby that was promoted is found at the next request.
        "ATOMIC_REQUESTS": False,
        "OPTIONS": options,
    }
