"""The patient whom a FHIR reference names, and the id under which documents are registered.

It answers what a request means and gives nothing of the person away: a caller who names somebody
learns from the answer itself, which is decided on as ever.
"""

from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.patients import queries as patients


def of(logical_id: str, /) -> Identifier | None:
    """The patient id of `Patient/{logical_id}`, a surrogate id; `None` for nobody."""
    try:
        surrogate = UUID(logical_id)
    except ValueError:
        return None
    if str(surrogate) != logical_id.lower() or not patients.exists(surrogate):
        return None
    return patients.affinity_id(surrogate)


def logical_id(identifier: Identifier, /) -> str | None:
    """The surrogate id of whoever has the identifier now; `None` for nobody."""
    resolved = patients.resolve(identifier)
    return None if resolved is None else str(resolved.patient)


def is_patient_id(identifier: Identifier, /) -> bool:
    """Whether documents are registered under identifiers of this authority."""
    return patients.is_affinity_domain(identifier.authority)
