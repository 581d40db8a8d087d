"""Associations between documents (ITI TF-3 4.2.2.2) beside `relatesTo` (MHD 3:4.5)."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from naru.domain.identifiers import is_uuid_urn, new_uuid_urn
from naru.domain.registry_errors import ErrorCode, failure
from naru.domain.xds import Association, AssociationType
from naru.formats.fhir.mhd import identifiers
from naru.formats.fhir.mhd.element import Element
from naru.formats.fhir.mhd.references import References

_TYPE: Final = {
    "replaces": AssociationType.RPLC,
    "transforms": AssociationType.XFRM,
    "appends": AssociationType.APND,
    "signs": AssociationType.SIGNS,
}
# MHD's ConceptMap AssociationTypeVsRelatesTo; a transform-replacement is written as both, so that
# it comes back as it was, and a snapshot as a transform.
_CODES: Final[dict[str, tuple[str, ...]]] = {
    **{kind.value: (code,) for code, kind in _TYPE.items()},
    AssociationType.XFRM_RPLC.value: ("replaces", "transforms"),
    AssociationType.IS_SNAPSHOT_OF.value: ("transforms",),
}


def from_fhir(
    resource: Element,
    *,
    entry_uuid: str,
    target: Callable[[Element], str],
    mint: Callable[[], str] = new_uuid_urn,
) -> tuple[Association, ...]:
    """The associations whose source is the entry; `target` gives a reference's entryUUID."""
    found: dict[str, list[AssociationType]] = {}
    for one in resource.children("relatesTo"):
        code, reference = one.text("code"), one.child("target")
        if code not in _TYPE:
            raise one.invalid("must be replaces, transforms, appends or signs", "code")
        if reference is None:
            raise one.invalid("is required", "target")
        kinds = found.setdefault(target(reference), [])
        if _TYPE[code] in kinds:
            raise one.invalid("says what another one says already")
        kinds.append(_TYPE[code])
    return tuple(
        Association(entry_uuid=mint(), type=kind.value, source=entry_uuid, target=uuid)
        for uuid, kinds in found.items()
        for kind in _merged(kinds)
    )


def _merged(kinds: list[AssociationType]) -> Iterable[AssociationType]:
    both = {AssociationType.RPLC, AssociationType.XFRM}
    if not both.issubset(kinds):
        return kinds
    return [AssociationType.XFRM_RPLC, *(kind for kind in kinds if kind not in both)]


def to_fhir(entry_uuid: str, associations: Iterable[Association]) -> list[dict[str, Any]]:
    """`relatesTo` of the entry: what it did to others, not what others did to it."""
    return [
        {"code": code, "target": {"reference": _reference(one.target)}}
        for one in associations
        if one.source == entry_uuid
        for code in _CODES.get(one.type, ())
    ]


def _reference(entry_uuid: str) -> str:
    return f"DocumentReference/{entry_uuid.removeprefix(identifiers.UUID)}"


def registered(reference: Element, known: References, kind: str = "DocumentReference") -> str:
    """The entryUUID of what is registered here already, by its address or its entryUUID."""
    literal = known.relative(reference.text("reference") or "")
    if literal.startswith(f"{kind}/"):
        found = identifiers.UUID + literal.removeprefix(f"{kind}/")
    else:
        identifier = reference.child("identifier")
        found = (identifier.text("value") or "") if identifier else ""
    if not is_uuid_urn(found):
        raise failure(
            ErrorCode.UnresolvedReferenceException,
            f"the reference leads to no {kind} here",
            reference.path,
        )
    return found
