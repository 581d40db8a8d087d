"""What could be read of a CDA that another program wrote, and what could not."""

from dataclasses import dataclass
from datetime import datetime

from naru.domain.clinical import Authorship, Content, Patient
from naru.domain.consent_document import ConsentDocument
from naru.domain.papers import Paper


@dataclass(frozen=True, slots=True)
class Unread:
    """A place of the document and, in Korean, what was not understood there or how it was taken."""

    path: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """The content with its origin; "" and None where the document does not say.

    `kind` is the name of one of our forms where the document bears its template; `paper` is all of
    one of our papers, whose diagnoses and medicines are its content, and `consent` all of a consent
    or withdrawal, which has none. Nothing in the
    content is invented: where an entry has no date of its own, the nearest that the document states
    stands there and `unread` says so; what the document denies (no known allergies) is no item.
    """

    kind: str
    id: str
    number: str
    title: str
    time: datetime | None
    patient: Patient | None
    author: str
    authorship: Authorship | None
    content: Content
    paper: Paper | None
    consent: ConsentDocument | None
    unread: tuple[Unread, ...]
