"""What is handed to the node: a document with its metadata, all ids settled before it is sent."""

import hashlib
from dataclasses import dataclass, replace
from uuid import UUID

from naru.domain.document_submission import DocumentFacts, submission
from naru.domain.xds import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document that can be sent, and sent again: the same ids and octets each time."""

    submission: Submission
    octets: bytes

    @property
    def unique_id(self) -> str:
        """The document's uniqueId."""
        return self.submission.entries[0].unique_id

    @property
    def sha1(self) -> str:
        """The hash of XDS metadata."""
        return _sha1(self.octets)

    @property
    def sha256(self) -> str:
        """The hash that a receipt carries."""
        return hashlib.sha256(self.octets).hexdigest()


def prepare(key: UUID, facts: DocumentFacts, octets: bytes) -> Prepared:
    """The submission of one document; the same key gives the same ids."""
    told = replace(facts, hash=_sha1(octets), size=len(octets))
    return Prepared(octets=octets, submission=submission(key, told))


def _sha1(octets: bytes) -> str:
    return hashlib.sha1(octets, usedforsecurity=False).hexdigest()
