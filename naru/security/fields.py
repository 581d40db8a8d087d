"""Columns of what is sealed and of the tokens by which it is found.

A room says in its models what a column holds; from that alone keys are rotated (`resealing`), and a
test refuses a binary column that says nothing. In the database both are plain bytes.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import BinaryField, Field
from django.db.models.lookups import Exact, In

from naru.security import keys

Bound = Callable[[Any], bytes]
"""To what a row's sealed value is bound: the `aad` under which the room seals it."""


class _Binary(BinaryField):  # type: ignore[type-arg]  # Not subscriptable at run time.
    """Bytes, for migrations too: what they mean changes nothing in the database."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.BinaryField", arguments, options


class SealedField(_Binary):
    """A value under the sealer of one purpose.

    `kept`: the ciphertext is part of a chain and never changes, so its purpose's key outlives the
    generation instead.
    """

    def __init__(
        self, purpose: str = "", bound: Bound | None = None, *, kept: bool = False, **options: Any
    ) -> None:
        super().__init__(**options)
        self.purpose = purpose
        self.bound = bound
        self.kept = kept


class Unsealed(_Binary):
    """Bytes that name and describe nobody: digests, certificates, encodings without a person."""


class TokenField(_Binary):
    """A keyed digest (`KeyRing.token`), stored under the cover of a generation.

    Rooms read, write and ask for the digest, which is the same for good; a look-up asks for every
    form under which it may stand, so that nothing is missed while keys are rotated.
    """

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002  # Django's signature.
        """The covered form; of what is asked for, that form already."""
        if value is not None and not isinstance(value, _Stored):
            value = keys.stored(bytes(value))
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> bytes | None:
        """The digest."""
        return None if value is None else keys.digest_of(value)


class _Stored(bytes):
    """A token that is covered already."""


def _stored(digests: Iterable[Any]) -> list[_Stored]:
    return [_Stored(one) for one in keys.looked_up(bytes(digest) for digest in digests)]


@TokenField.register_lookup
class _TokenIn(In):
    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(lhs, _stored(rhs))


@TokenField.register_lookup
class _TokenIs(_TokenIn):
    lookup_name = Exact.lookup_name

    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(lhs, [rhs])


def columns(kind: "type[Field[Any, Any]]") -> Iterable[Any]:
    """Every column of a kind, of all rooms, in the order of their names."""
    from django.apps import apps

    return [
        field
        for model in sorted(apps.get_models(), key=lambda one: one._meta.db_table)  # noqa: SLF001  # Django documents it as public.
        for field in model._meta.local_fields  # noqa: SLF001  # Same.
        if isinstance(field, kind)
    ]
