"""Documents that a patient shares as one FHIR Bundle: each a DocumentReference and its Binary."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1
from uuid import uuid4

from naru.formats.fhir.moments import instant
from naru.formats.fhir.resource import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedDocument:
    """A document with its very octets."""

    title: str
    mime_type: str
    content: bytes


def to_bundle(documents: Sequence[SharedDocument], time: datetime) -> Resource:
    """A collection; the octets stand in it as they are kept."""
    entries = []
    for one in documents:
        binary = f"urn:uuid:{uuid4()}"
        entries += [
            {"fullUrl": f"urn:uuid:{uuid4()}", "resource": _reference(one, binary)},
            {
                "fullUrl": binary,
                "resource": {
                    "resourceType": "Binary",
                    "contentType": one.mime_type,
                    "data": b64encode(one.content).decode(),
                },
            },
        ]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": instant(time),
        "entry": entries,
    }


def _reference(one: SharedDocument, binary: str) -> Resource:
    digest = sha1(one.content, usedforsecurity=False).digest()  # R4 Attachment.hash is SHA-1.
    attachment = {
        "contentType": one.mime_type,
        "url": binary,
        "size": len(one.content),
        "hash": b64encode(digest).decode(),
    }
    if one.title:
        attachment["title"] = one.title
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "content": [{"attachment": attachment}],
    }
