"""The claims of IUA in a JSON Web Token, both ways, in one order (ITI TF-2 3.71.4.2.2.1)."""

from typing import Any

from naru.domain.assertion import Claims
from naru.domain.codes import Code, LocalizedString
from naru.domain.identifiers import Identifier, identifier_in_cx


class ClaimsInvalid(ValueError):
    """The extensions of a token are not as IUA has them."""


def to_extensions(claims: Claims) -> dict[str, Any]:
    """The claim `extensions`; what IUA has one of, and was said twice, is written once."""
    iua = {
        "subject_name": _first(claims.names),
        "subject_organization": _first(claims.organizations),
        "subject_organization_id": _first(claims.organization_ids),
        "home_community_id": _first(claims.home_communities),
        "national_provider_identifier": _first(claims.national_provider_identifiers),
        "subject_role": [_coding(code) for code in claims.roles],
        "purpose_of_use": [_coding(code) for code in claims.purposes],
    }
    bppc = {
        "patient_id": str(claims.patients[0]) if claims.patients else None,
        "doc_id": _first(claims.consent_documents),
        "acp": _first(claims.policies),
    }
    told = {"ihe_iua": _present(iua), "ihe_bppc": _present(bppc)}
    return _present(told)


def from_extensions(extensions: object) -> Claims:
    """The claims again; raises ClaimsInvalid."""
    told = _object(extensions)
    iua, bppc = _object(told.get("ihe_iua")), _object(told.get("ihe_bppc"))
    return Claims(
        names=_texts(iua, "subject_name"),
        organizations=_texts(iua, "subject_organization"),
        organization_ids=_texts(iua, "subject_organization_id"),
        home_communities=_texts(iua, "home_community_id"),
        national_provider_identifiers=_texts(iua, "national_provider_identifier"),
        roles=_codes(iua, "subject_role"),
        purposes=_codes(iua, "purpose_of_use"),
        patients=tuple(map(_patient, _texts(bppc, "patient_id"))),
        consent_documents=_texts(bppc, "doc_id"),
        policies=_texts(bppc, "acp"),
    )


def _first(values: tuple[str, ...]) -> str | None:
    return values[0] if values else None


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _coding(code: Code) -> dict[str, str]:
    coding = {"system": code.scheme, "code": code.code}
    return coding | ({"display": code.display[0].value} if code.display else {})


def _object(value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ClaimsInvalid("An extension is no object.")
    return value


def _texts(values: dict[str, Any], name: str) -> tuple[str, ...]:
    found = values.get(name)
    if found is None:
        return ()
    if not isinstance(found, str):
        raise ClaimsInvalid(f"{name} is no text.")
    return (found,)


def _codes(values: dict[str, Any], name: str) -> tuple[Code, ...]:
    found = values.get(name, [])
    return tuple(_code(one, name) for one in (found if isinstance(found, list) else [found]))


def _code(coding: object, name: str) -> Code:
    told = _object(coding)
    code, system, display = (told.get(key) for key in ("code", "system", "display"))
    if not isinstance(code, str) or not isinstance(system, str):
        raise ClaimsInvalid(f"{name} is no Coding.")
    return Code(code, system, (LocalizedString(display),) if isinstance(display, str) else ())


def _patient(text: str) -> Identifier:
    found = identifier_in_cx(text)
    if found is None:
        raise ClaimsInvalid("patient_id is no CX.")
    return found
