"""The node's application, called in this process with the bytes that would come over the wire."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from naru.formats.saml import write_security
from naru.formats.soap import SOAP_TYPE, new_message_id, write_request_envelope
from naru.node import peer
from naru.node.wsgi import application
from tests.end_to_end.wire import Answer
from tests.one_answer.places import Asker

BASE = "http://localhost/fhir"


class NotAdmitted(Exception):
    """The door refuses whoever asks, whatever they ask."""


@dataclass
class Wire:
    """Every wire door of the node."""

    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(
            transport=httpx.WSGITransport(app=application), base_url="http://localhost"
        )

    def soap(self, asker: Asker, path: str, action: str, body: str) -> Answer:
        """A SOAP request as the asker sends it. Raises NotAdmitted."""
        message = write_request_envelope(
            action=action,
            to="urn:test",
            message_id=new_message_id(),
            body_xml=body,
            security=write_security(asker.signed) if asker.is_user else "",
        )
        with _connected(asker):
            got = self.client.post(path, content=message, headers={"content-type": SOAP_TYPE})
        answer = Answer(
            got.status_code, {k.lower(): v for k, v in got.headers.items()}, got.content
        )
        if got.status_code != 200 and answer.fault is not None:
            subcode = answer.fault.subcode
            if subcode is not None and subcode.local == "FailedAuthentication":
                raise NotAdmitted
        assert got.status_code == 200, got.content
        return answer

    def fhir(  # An HTTP request, as far as a door may look at it.
        self,
        asker: Asker,
        method: str,
        target: str,
        *,
        asked: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> httpx.Response:
        """A FHIR request as the asker sends it; a POST of `asked` is a form. Raises NotAdmitted."""
        url = target if target.startswith(BASE) else f"{BASE}/{target}"
        more = dict(headers or {})
        if asker.is_user:
            more["authorization"] = f"Bearer {asker.token}"
        sent: dict[str, Any] = {"json": json} if json is not None else {}
        if asked is not None:
            sent |= {"data": asked} if method == "POST" else {"params": asked}
        with _connected(asker):
            answer = self.client.request(method, url, headers=more, **sent)
        if "WWW-Authenticate" in answer.headers:
            raise NotAdmitted
        return answer

    def hook(self, asker: Asker, service: str, asked: Any) -> list[Any]:
        """The cards of a service of CDS Hooks. Raises NotAdmitted."""
        more = {"authorization": f"Bearer {asker.token}"} if asker.is_user else {}
        with _connected(asker):
            answer = self.client.post(f"/cds-services/{service}", json=asked, headers=more)
        if "WWW-Authenticate" in answer.headers:
            raise NotAdmitted
        assert answer.status_code == 200, answer.text
        cards: list[Any] = answer.json()["cards"]
        return cards

    def pages(self, asker: Asker, kind: str, asked: dict[str, str], *, by: str) -> Iterator[Any]:
        """The resources of a search, however it is asked: `get`, `post`, or page by page.

        The total of each page is how many there are.
        """
        paged = {**asked, "_count": "1"} if by == "page" else asked
        if by == "post":
            answer = self.fhir(asker, "POST", f"{kind}/_search", asked=paged)
        else:
            answer = self.fhir(asker, "GET", kind, asked=paged)
        found, totals = [], set()
        while True:
            assert answer.status_code == 200, answer.content
            bundle = answer.json()
            matches = [one["resource"] for one in bundle.get("entry", ())]
            assert by != "page" or len(matches) <= 1
            found += matches
            totals.add(bundle["total"])
            following = [one["url"] for one in bundle["link"] if one["relation"] == "next"]
            if not following:
                break
            answer = self.fhir(asker, "GET", following[0])
        assert totals == {len(found)}, f"{kind} {by}: {totals} are told of {len(found)}"
        yield from found


def shape(answer: httpx.Response, *ids: str) -> str:
    """All that an answer says but for the ids and the moment."""
    return plain(f"{answer.status_code} {sorted(answer.headers.items())} {answer.text}", *ids)


def plain(text: str, *ids: str) -> str:
    """A text without what is different in every message."""
    for one in sorted(ids, key=len, reverse=True):
        text = text.replace(one, "(id)")
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "(uuid)", text)
    text = re.sub(r"(?i)(content-length', ')\d+", r"\1(n)", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)", "(time)", text)


@contextmanager
def _connected(asker: Asker) -> Iterator[None]:
    """As if on a connection with the certificate of the asker's institution."""
    peer._current.certificate = asker.place.certificate
    try:
        yield
    finally:
        peer._current.certificate = None
