"""OperationDefinition: what the operations of our own take and give (FHIR R4 13.5)."""

from http import HTTPStatus
from typing import Final

from django.conf import settings

from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.formats.fhir.operations import definitions
from naru.formats.fhir.outcome import IssueType, refused


def handle(request: Request) -> Response:
    """Tell the definition, which is of no patient."""
    found = definitions().get(request.path["id"])
    if found is None:
        raise refused(
            IssueType.NOT_FOUND, "No such operation is defined here.", status=HTTPStatus.NOT_FOUND
        )
    address = f"{settings.NARU.issuer}/fhir/OperationDefinition/{found['id']}"
    return Response(resource={"resourceType": found["resourceType"], "url": address, **found})


READ: Final = Interaction(
    name="FHIR read",
    code=Code.READ,
    methods=("GET",),
    path="OperationDefinition/{id}",
    handle=handle,
)
