"""Any consent or withdrawal that the values allow: every policy and every field."""

from typing import Final

from hypothesis import strategies as st

from naru.domain.consent_document import ConsentDocument, Scan, kind_of
from naru.domain.consent_paper import (
    Authority,
    Box,
    Identification,
    Identified,
    Part,
    Representative,
    Side,
    Signed,
    Wording,
)
from naru.domain.privacy_policies import Policy
from naru.formats.cda.consent_body import SCANNED_TYPES
from naru.formats.cda.forms import known
from tests.formats.any_document import AnyDocument, whole
from tests.formats.tape import Tape, tapes

_LONGEST: Final = 200


class AnyConsent(AnyDocument):
    """Consents from a tape, each method one of their values."""

    def consent(self, kind: str) -> ConsentDocument:
        """A consent or a withdrawal; a scanned one says nothing beside its picture."""
        tape = self.tape
        header = self.header(known().newest(kind))
        start = tape.day()
        scan = tape.maybe(self.scan)
        bare = scan is not None
        return ConsentDocument(
            header=header,
            patient=self.patient(header.patient_id),
            policy=tape.one([one for one in Policy if kind_of(one) == kind]),
            from_date=start,
            until=tape.maybe(lambda: max(start, tape.day())),
            boxes=None if bare else tape.maybe(self.boxes),
            parts=() if bare else tape.some(self.part),
            representative=tape.maybe(lambda: self.representative(shown=not bare)),
            author=tape.maybe(self.practitioner),
            signature=b"" if bare else bytes(tape.below(256) for _ in range(tape.below(40))),
            scan=scan,
            wording=None if bare else tape.maybe(self.wording),
            identified=None if bare else tape.maybe(self.identified),
        )

    def boxes(self) -> frozenset[Box]:
        return frozenset(box for box in Box if self.tape.below(2))

    def part(self) -> Part:
        tape = self.tape
        way = tape.below(4)
        department = tape.code() if way in {1, 2} else ""
        institution = tape.oid() if way in {0, 2} else ""
        return whole(
            Part,
            institution=institution,
            institution_name=self.text() if institution else "",
            department=department,
            department_name=self.text() if department else "",
            document=tape.said() if way == 3 else "",
            reason=self.text(),
            side=tape.one(tuple(Side)),
        )

    def representative(self, *, shown: bool) -> Representative:
        """Who acts for the patient; the paper by which they may stands in a body alone."""
        authority = self.tape.maybe(lambda: self.tape.one(tuple(Authority))) if shown else None
        return whole(
            Representative,
            name=self.text(),
            relationship=self.text(),
            telephone=self.text(),
            authority=authority,
            authority_number=self.short() if authority else "",
        )

    def short(self) -> str:
        """A name or number as it stands beside the signature."""
        return self.tape.said().strip()[:_LONGEST].strip() or "말"

    def wording(self) -> Wording:
        return whole(Wording, version=self.short(), language=self.short(), sha256=self.short())

    def identified(self) -> Identified:
        maybe = self.tape.maybe
        return whole(
            Identified,
            by=self.tape.one(tuple(Identification)),
            signed=self.tape.one(tuple(Signed)),
            seen_by=maybe(self.short) or "",
            witness=maybe(self.short) or "",
            scan_sha256=maybe(self.short) or "",
        )

    def scan(self) -> Scan:
        content = bytes(self.tape.below(256) for _ in range(self.tape.below(40)))
        return Scan(content, self.tape.one(sorted(SCANNED_TYPES)))


def consent_of(kind: str) -> st.SearchStrategy[ConsentDocument]:
    """Any `consent` or `withdrawal`."""
    return tapes.map(lambda octets: AnyConsent(Tape(octets)).consent(kind))
