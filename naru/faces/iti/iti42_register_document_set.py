"""ITI-42 Register Document Set-b.

ITI TF-2 3.42.
"""

from naru.exchange.documents.register import register
from naru.faces.iti import registry_response
from naru.faces.iti.transaction import Request, Response, Transaction
from naru.formats.ebxml import attribute_forms, submit_objects


def handle(request: Request) -> Response:
    """Register what another repository holds."""
    submission = submit_objects.from_ebxml(request.body)
    attribute_forms.check(submission)
    registered = register(request.access, submission)
    return registry_response.success(registered.warnings)


TRANSACTION = Transaction(
    name="ITI-42",
    actions=("urn:ihe:iti:2007:RegisterDocumentSet-b",),
    response_action="urn:ihe:iti:2007:RegisterDocumentSet-bResponse",
    handle=handle,
    refuse=registry_response.refuse,
)
