"""ITI-61 Register On-Demand Document Entry.

ITI TF-2 3.61.
"""

from naru.exchange.documents.register import register
from naru.faces.iti import registry_response
from naru.faces.iti.transaction import Request, Response, Transaction
from naru.formats.ebxml import attribute_forms, submit_objects


def handle(request: Request) -> Response:
    """Register that a document can be had whose content is assembled when it is asked for."""
    submission = submit_objects.from_ebxml(request.body)
    attribute_forms.check(submission)
    registered = register(request.access, submission, on_demand=True)
    return registry_response.success(registered.warnings)


TRANSACTION = Transaction(
    name="ITI-61",
    actions=("urn:ihe:iti:2010:RegisterOnDemandDocumentEntry",),
    # ITI TF-2 3.61.4.2.2: not the request's name with Response behind it.
    response_action="urn:ihe:iti:2010:RegisterOnDemandDocumentResponse",
    handle=handle,
    refuse=registry_response.refuse,
)
