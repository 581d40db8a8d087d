"""rs:RegistryResponse as the answer of a transaction (ITI TF-3 4.2.4)."""

from collections.abc import Sequence

from naru.domain.registry_errors import (
    RegistryError,
    RegistryFailure,
    RegistryResponse,
    ResponseStatus,
)
from naru.faces.iti.transaction import Response
from naru.formats.ebxml import registry_response


def success(warnings: Sequence[RegistryError] = ()) -> Response:
    """All was done; warnings are passed on (ITI TF-2 3.41.4.1.3)."""
    response = RegistryResponse(ResponseStatus.SUCCESS, tuple(warnings))
    return Response(registry_response.to_ebxml(response))


def refuse(failure: RegistryFailure) -> Response:
    """Nothing was done, and why."""
    response = RegistryResponse(ResponseStatus.FAILURE, failure.errors)
    return Response(registry_response.to_ebxml(response))
