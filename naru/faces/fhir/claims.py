"""Resources that claim a profile of KR Core, judged as they are written: off, flag or refuse."""

from http import HTTPStatus
from typing import Final

from naru.domain.findings import Checking
from naru.exchange import codes
from naru.formats.fhir.krcore import validation
from naru.formats.fhir.krcore.profiles import OURS
from naru.formats.fhir.outcome import Refused, Severity
from naru.formats.fhir.resource import Resource

FLAG: Final = {"system": f"{OURS}/CodeSystem/flag", "code": "profile-broken"}
"""The tag of a resource that was kept although it breaks what it claims."""


def judged(resource: Resource, rule: Checking) -> Resource:
    """The resource as it is to be kept. Raises Refused with every fault, and 422."""
    claimed = validation.claimed(resource) if rule is not Checking.OFF else ()
    if not claimed:
        return resource
    found = validation.faults(resource, *claimed, known=codes.known)
    wrong = [one for one in found if one.severity is Severity.ERROR]
    if not wrong:
        return resource
    if rule is Checking.REFUSE:
        raise Refused(*wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    meta = resource["meta"]
    return {**resource, "meta": {**meta, "tag": [*meta.get("tag", ()), FLAG]}}
