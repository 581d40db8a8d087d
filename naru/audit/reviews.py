"""That an institution's access records were looked through, and whom it watches.

개인정보의 안전성 확보조치 기준 제8조: at least monthly. A review is only ever added. The operating
body's own stand under `records.OPERATING_BODY`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

import msgspec
from django.db import connection

from naru.audit.models import Review, Watch
from naru.security import keys

LONGEST_WORDS: Final = 2_000
_PURPOSE: Final = "audit/review"


@dataclass(frozen=True, slots=True)
class _Signed:
    who: str
    words: str
    officers_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One review of a month: who signed, in which words, and how much there was to see.

    It says nothing of what the signer did. `officers_only` where it is of privacy officers alone.
    """

    review: UUID
    month: date
    at: datetime
    who: str
    words: str
    records: int
    anomalies: int
    through: int
    officers_only: bool = False


_signed: Final = msgspec.json.Decoder(_Signed)


def sign(institution: UUID, review: Reviewed) -> None:
    """Keep a review, in the caller's transaction."""
    assert connection.in_atomic_block, "sign needs the caller's transaction"
    plain = msgspec.json.encode(_Signed(review.who, review.words, review.officers_only))
    Review.objects.create(
        review=review.review,
        institution=institution,
        month=review.month,
        at=review.at,
        records=review.records,
        anomalies=review.anomalies,
        through=review.through,
        sealed=keys.ring().sealer(_PURPOSE).seal(plain, review.review.bytes),
    )


def new_review() -> UUID:
    """The id of a review that is about to be signed."""
    return uuid4()


def of_month(institution: UUID, month: date) -> tuple[Reviewed, ...]:
    """The reviews of a month, newest first."""
    rows = Review.objects.filter(institution=institution, month=month).order_by("-id")
    return tuple(map(_reviewed, rows))


def watch(institution: UUID, patient: UUID, at: datetime) -> None:
    """See every access to this patient from now on."""
    Watch.objects.get_or_create(institution=institution, patient=patient, defaults={"at": at})


def unwatch(institution: UUID, patient: UUID) -> None:
    """Watch no more."""
    Watch.objects.filter(institution=institution, patient=patient).delete()


def watched(institution: UUID) -> frozenset[UUID]:
    """Whom an institution watches."""
    rows = Watch.objects.filter(institution=institution).values_list("patient", flat=True)
    return frozenset(rows)


def _reviewed(row: Review) -> Reviewed:
    opened = _signed.decode(keys.ring().sealer(_PURPOSE).open(bytes(row.sealed), row.review.bytes))
    return Reviewed(
        review=row.review,
        month=row.month,
        at=row.at,
        who=opened.who,
        words=opened.words,
        records=row.records,
        anomalies=row.anomalies,
        through=row.through,
        officers_only=opened.officers_only,
    )
