"""The signed document of each act: kept sealed beside the act, and given to its patient alone.

It never stands in a registry, so that no stored query, whoever asks it, can find one: it lists what
its patient keeps out.
"""

from typing import Final
from uuid import UUID

import msgspec

from naru.consent import models
from naru.domain.consent_paper import SignedPaper
from naru.security import keys

_read: Final = msgspec.json.Decoder(SignedPaper)


def keep(act: UUID, patient: UUID, paper: SignedPaper) -> None:
    """Keep the document of an act, in the caller's transaction."""
    content = keys.ring().sealer("consent-paper").seal(msgspec.json.encode(paper), act.bytes)
    models.Paper.objects.create(act=act, patient=patient, content=content)


def of_act(act: UUID) -> SignedPaper | None:
    """The document of an act, if it has one."""
    content = models.Paper.objects.filter(act=act).values_list("content", flat=True).first()
    if content is None:
        return None
    return _read.decode(keys.ring().sealer("consent-paper").open(bytes(content), act.bytes))


def acts_with_papers(patient: UUID) -> frozenset[UUID]:
    """Those of the patient's acts that have a document."""
    found = models.Paper.objects.filter(patient=patient).values_list("act", flat=True)
    return frozenset(found)
