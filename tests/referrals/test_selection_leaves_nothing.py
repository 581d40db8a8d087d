"""B12: what was not ticked is nowhere in what a sending leaves, nor in what the receiver gets.

Every value that the node writes while it sends is looked at before it is sealed: the parameters of
each statement, what goes under a seal (what a document says, access records, notices, metadata),
and the log.
"""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import connections
from pypdf import PdfReader

from naru.exchange.charts.whole_record import whole_record
from naru.formats.cda.show import show_html, show_pdf, show_text
from naru.formats.fhir.json import to_json
from naru.formats.fhir.krcore.provenance import reference_to, told_once
from naru.node.reading import READERS
from naru.referrals import acting, sending
from naru.repository import tasks as repository
from naru.security.keys import Sealer
from naru.viewer.opening import open_document
from tests.privacy.scan import layers
from tests.referrals.hospitals import Hospital, draft

pytestmark = pytest.mark.django_db(transaction=True)

UNTICKED = ("우울에피소드", "TEST-F32", "암로디핀", "TEST-M01")
TICKED = ("상세불명의 흉통", "TEST-R074", "페니실린")


def said_in(content: bytes, words: tuple[str, ...]) -> set[str]:
    """Which of these stand in the content, in whatever writing."""
    held = [content, *layers(content)]
    held += [below for layer in held[1:] for below in layers(layer)]
    return {word for word in words if any(word.encode() in one for one in held)}


@contextmanager
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """All that is written meanwhile, as it is before it is sealed."""
    found: list[bytes] = []
    seal = Sealer.seal

    def sealing(self: Sealer, plaintext: bytes, aad: bytes) -> bytes:
        found.append(bytes(plaintext))
        return seal(self, plaintext, aad)

    def stated(execute: Callable[..., Any], sql: str, params: Any, *more: Any) -> Any:
        found.extend(octets_of((sql, params)))
        return execute(sql, params, *more)

    with monkeypatch.context() as patched, ExitStack() as stack:
        patched.setattr(Sealer, "seal", sealing)
        for one in connections.all():
            stack.enter_context(one.execute_wrapper(stated))
        yield found


def octets_of(value: Any) -> Iterator[bytes]:
    """The octets of parameters, however they are nested."""
    if isinstance(value, bytes | bytearray | memoryview):
        yield bytes(value)
    elif isinstance(value, dict):
        yield from octets_of(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from octets_of(one)
    else:
        yield str(value).encode()


def test_a_sending_leaves_nothing_of_what_was_not_ticked(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    west, east = Hospital(), Hospital()
    patient = west.patient()
    patient.consents()
    west.chart(patient)
    patient.withdraws()
    repository.read(READERS, most=1_000)  # The chart is read for its own institution before.
    made = draft(west, east, patient, "상세불명의 흉통", "페니실린")

    with written(monkeypatch) as left, caplog.at_level(logging.DEBUG):
        sent = sending.send(west.doctor(), made)
        assert repository.read(READERS, most=1_000) == 1
    everything = b"\n".join(left)
    assert said_in(everything, TICKED) == {*TICKED}  # The net is not too wide.
    assert said_in(everything, UNTICKED) == set()
    assert said_in(caplog.text.encode(), UNTICKED) == set()

    with written(monkeypatch) as left, caplog.at_level(logging.DEBUG):
        reader = east.doctor()
        opened = open_document(reader, acting.paper(reader, sent))
        whole = whole_record(east.doctor(), patient.key, ())
    assert said_in(b"\n".join(left), UNTICKED) == set()
    assert said_in(caplog.text.encode(), UNTICKED) == set()
    assert opened is not None
    resources = [
        resource
        for one, told in told_once(whole.documents, f"Patient/{whole.patient}")
        for resource in (*told, reference_to(one, whole.patient, "https://naru.invalid/fhir"))
    ]
    pages = PdfReader(io.BytesIO(show_pdf(opened.content))).pages
    for shown in (
        opened.content,
        show_html(opened.content),
        show_text(opened.content).encode(),
        "".join("".join(one.extract_text().split()) for one in pages).encode(),
        to_json({"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}),
    ):
        assert said_in(shown, ("페니실린",)) == {"페니실린"}
        assert said_in(shown, UNTICKED) == set()
    assert said_in(json.dumps(repr(whole)).encode(), UNTICKED) == set()
