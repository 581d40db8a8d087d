"""What is posted at the node's doors that speak HTTP alone: FHIR, and where tokens are given."""

import http
import http.client
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from naru.domain.identifiers import Identifier
from naru.link.config import Endpoint
from naru.link.connection import Connections
from naru.link.errors import NodeRefused, NodeUnreachable

TYPE: Final = "application/fhir+json"
_LARGEST: Final = 1024 * 1024
"""Octets of an answer; what is answered here takes a thousandth of it."""
_AWAY: Final = frozenset({502, 503, 504})
_KEPT: Final = frozenset(
    {
        http.HTTPStatus.OK,
        http.HTTPStatus.CREATED,
        http.HTTPStatus.ACCEPTED,
        http.HTTPStatus.NO_CONTENT,
    }
)


def below(door: Endpoint, path: str) -> Endpoint:
    """The address of a type or an operation."""
    return replace(door, url=f"{door.url}/{path}", path=f"{door.path.rstrip('/')}/{path}")


def identified(name: str, who: Identifier) -> Mapping[str, object]:
    """A parameter of an operation that is an identifier."""
    value = {"system": f"urn:oid:{who.authority}", "value": who.value}
    return {"name": name, "valueIdentifier": value}


def parameters(answer: Mapping[str, object]) -> Mapping[str, Mapping[str, str]]:
    """What an operation answered, by the parameters' names."""
    found = answer.get("parameter")
    listed = found if isinstance(found, list) else []
    return {str(one.get("name")): one for one in listed if isinstance(one, dict)}


def post(
    connections: Connections,
    at: Endpoint,
    resource: Mapping[str, object],
    headers: Mapping[str, str],
) -> Mapping[str, object]:
    """The resource that is answered; empty where there is none.

    Raises NodeRefused with the issue's code, NodeUnreachable where no answer came.
    """
    body = json.dumps(resource).encode()
    return post_octets(connections, at, body, {"Content-Type": TYPE, "Accept": TYPE} | {**headers})


def post_octets(
    connections: Connections, at: Endpoint, body: bytes, headers: Mapping[str, str]
) -> Mapping[str, object]:
    """The JSON that is answered. Raises as `post`."""

    def request() -> tuple[dict[str, str], Iterable[bytes]]:
        return {**headers, "Content-Length": str(len(body))}, (body,)

    response = connections.post(at, request)
    try:
        return _answer(response)
    except BaseException:
        connections.drop(at)
        raise


def _answer(response: http.client.HTTPResponse) -> Mapping[str, object]:
    if response.status in _AWAY:
        raise NodeUnreachable(f"HTTP {response.status}")
    try:
        octets = response.read(_LARGEST)
    except (OSError, http.client.HTTPException) as error:
        raise NodeUnreachable(type(error).__name__) from None
    answer = _json(octets)
    if response.status not in _KEPT:
        raise _refusal(response.status, answer)
    return answer


def _json(octets: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(octets)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _refusal(status: int, answer: Mapping[str, object]) -> NodeRefused:
    """The OperationOutcome's own codes and words, or OAuth's; without any, the status alone."""
    if isinstance(answer.get("error"), str):
        return NodeRefused((str(answer["error"]),), (str(answer.get("error_description", "")),))
    issues = answer.get("issue")
    told = [one for one in issues if isinstance(one, dict)] if isinstance(issues, list) else []
    if not told:
        return NodeRefused((f"HTTP {status}",))
    return NodeRefused(
        tuple(str(one.get("code", "")) for one in told),
        tuple(str(one.get("diagnostics", "")) for one in told),
    )
