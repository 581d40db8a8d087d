"""What every binary column holds, so that a rotation of the keys forgets none."""

from django.apps import apps
from django.db.models import BinaryField, CompositePrimaryKey

from naru.security.fields import SealedField, TokenField, Unsealed, columns

BELOW = {"outbox_entry.payload"}
"""The outbox stands below `security`; what is put there is not a person's, or sealed already."""


def test_every_binary_column_says_what_it_holds() -> None:
    plain = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        if model.__module__.startswith("naru.")
        for field in model._meta.local_fields
        if isinstance(field, BinaryField)
        and not isinstance(field, SealedField | TokenField | Unsealed)
    }
    assert plain == BELOW, (
        "naru/security/fields.py has a field for what is sealed, for tokens, and for neither: "
        "keys are rotated by what the columns say"
    )


def test_what_is_sealed_says_under_which_purpose_and_bound_to_what() -> None:
    found = list(columns(SealedField))
    assert found
    for field in found:
        assert field.purpose, field
        assert (field.bound is None) is field.kept, field
        assert not isinstance(field.model._meta.pk, CompositePrimaryKey), field
