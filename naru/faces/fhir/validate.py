"""`$validate`: whether a resource keeps to R4 and KR Core (FHIR R4 Resource-validate).

Nothing is kept. A resource that is wrong is no wrong request: the answer is 200 with all faults.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from naru.domain.records import Key, Read, Record
from naru.domain.scopes import Need
from naru.exchange import codes
from naru.exchange.records import single as exchange
from naru.faces.fhir.interaction import Code, Interaction, Request, Response
from naru.faces.fhir.records_refused import refusing
from naru.formats.fhir.json import DOCUMENTS, read
from naru.formats.fhir.krcore import profile_tree, validation
from naru.formats.fhir.krcore.reading import each, word
from naru.formats.fhir.outcome import Issue, IssueType, refused, to_operation_outcome
from naru.formats.fhir.records.searchable import SEARCHABLE
from naru.formats.fhir.resource import Resource

DEFINITION: Final = "http://hl7.org/fhir/OperationDefinition/Resource-validate"
_MODES: Final = {"create", "update", "delete", "profile"}


def validate(request: Request) -> Response:
    """All faults of the resource that was sent, or that is kept under the address."""
    asked = dict(request.query)
    resource, said = (None, {}) if request.method == "GET" else _sent(request)
    mode = said.get("mode") or asked.get("mode", "")
    if mode and mode not in _MODES:
        raise refused(IssueType.CODE_INVALID, "The mode is create, update, delete or profile.")
    if resource is None:
        resource = _kept(request)
    profile = said.get("profile") or asked.get("profile", "")
    return Response(resource=_judged(request, resource, profile))


def _judged(request: Request, resource: Resource, profile: str) -> Resource:
    kind = request.interaction.type
    if resource.get("resourceType") != kind:
        wrong = Issue(
            IssueType.INVALID,
            f"A {kind} is expected here.",
            ("resourceType",),
            detail=f"이 주소에는 {kind} 자원을 보내야 합니다.",
        )
        return to_operation_outcome((wrong,))
    if profile and profile_tree.tree(profile) is None:
        raise refused(IssueType.NOT_SUPPORTED, "This profile is not known here.", "profile")
    return validation.validate(resource, profile, known=codes.known)


def _sent(request: Request) -> tuple[Resource | None, dict[str, str]]:
    """The resource as it was sent, alone or in Parameters, and what was said with it."""
    sent = request.sent()
    if sent.get("resourceType") != "Parameters" or request.interaction.type == "Parameters":
        return sent, {}
    resource, said = None, {}
    for one in each(sent, "parameter"):
        name = word(one, "name")
        if name == "resource" and isinstance(one.get("resource"), dict):
            resource = one["resource"]
        elif name in {"profile", "mode"}:
            values = [value for key, value in one.items() if key.startswith("value")]
            said[name] = next((value for value in values if isinstance(value, str)), "")
    if resource is None and "id" not in request.path:
        raise refused(IssueType.REQUIRED, "A resource is expected.", "Parameters.parameter")
    return resource, said


def _kept(request: Request) -> Resource:
    """The record of the address, read like any other: decided on and recorded."""
    kind, id_ = request.interaction.type, request.path.get("id")
    if id_ is None or kind not in SEARCHABLE:
        raise refused(IssueType.NOT_FOUND, "There is no such record.", status=HTTPStatus.NOT_FOUND)
    with refusing():
        found = exchange.look(request.access, Read(Key(kind, id_)))
    assert isinstance(found, Record)
    resource = read(found.text, limits=DOCUMENTS)
    assert isinstance(resource, dict)
    return resource


def _interactions() -> Iterator[Interaction]:
    profiles = profile_tree.profiles()
    kinds = sorted({*profiles, *SEARCHABLE, "Bundle", "Composition"})
    for kind in kinds:
        for path, methods in ((kind, ("POST",)), (f"{kind}/{{id}}", ("GET", "POST"))):
            yield Interaction(
                name="FHIR validate",
                code=Code.OPERATION,
                methods=methods,
                path=f"{path}/$validate",
                handle=validate,
                limits=DOCUMENTS,
                definition=DEFINITION,
                needs=frozenset({Need(kind, "r")}),
                profiles=tuple(profiles.get(kind, ())),
            )


INTERACTIONS: Final = tuple(_interactions())
