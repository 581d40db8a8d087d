"""The OAuth door while nothing can be recorded."""

from io import BytesIO
from typing import Any

import pytest

from naru.audit.errors import AuditUnavailable
from naru.domain.scopes import Offer
from naru.exchange.access import Access
from naru.exchange.callers import strangers
from naru.faces.oauth import door


def _full(_access: Access) -> None:
    raise AuditUnavailable("The disk is full.")


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("path", sorted(door.POSTED))
def test_a_refusal_that_cannot_be_recorded_is_a_503(
    path: str, media: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in (strangers, door):
        monkeypatch.setattr(room, "close", _full)
    said: list[Any] = []
    environ = {
        "PATH_INFO": path,
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": media,
        "wsgi.input": BytesIO(),
        door.PEER_CERTIFICATE: None,
    }

    def start(*told: Any) -> Any:
        said.append(told)

    answer = door.answer(environ, start, Offer(frozenset(), {}))
    assert b"".join(answer) == b'{"error": "server_error"}'
    ((status, headers),) = said
    assert status.startswith("503 ")
    assert dict(headers)["Retry-After"] == "2"
