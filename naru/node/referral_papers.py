"""Who writes and reads the papers of referrals: the port of `domain.referral_papers`, filled."""

from dataclasses import fields
from functools import cache
from typing import Final

from naru.domain.clinical import ClinicalDocument, Content
from naru.domain.codes import Code, LocalizedString
from naru.domain.departments import DepartmentSystem, name_of, table
from naru.domain.document_submission import DocumentCodes
from naru.domain.korea import korean_day
from naru.domain.referral_papers import LETTER, REPLY, IncompletePaper, Written
from naru.domain.referrals import Kind
from naru.formats.cda import CdaRefused, forms
from naru.formats.cda.document import read, write
from naru.formats.cda.errors import IncompleteDocument
from naru.formats.xml.errors import XmlRefused

KINDS: Final = (*Kind, REPLY, LETTER)
_NORMAL: Final = Code("N", "2.16.840.1.113883.5.25", (LocalizedString("일반", "ko-KR"),))
_FACILITY: Final = Code(
    "11",
    "http://www.hl7korea.or.kr/CodeSystem/hira-healthcare-organization-types",
    (LocalizedString("종합병원", "ko-KR"),),
)
_GENERAL: Final = "00"
"""As the link's own data say where nothing is configured (`naru/link/data/codes.json`)."""


class CdaReferralPapers:
    """CDA, by the forms of this process."""

    def takes(self, kind: str) -> frozenset[str]:
        """The fields of the content that a section of the newest form holds."""
        form = forms.newest(kind)
        placed = {name for one in form.sections for name in (*one.entries, one.text)}
        return frozenset(one.name for one in fields(Content)) & placed

    def write(self, document: ClinicalDocument) -> Written:
        """The document by the form of its day. Raises IncompletePaper."""
        form = forms.known().in_force(document.kind, korean_day(document.header.time))
        try:
            octets = write(document)
        except IncompleteDocument as incomplete:
            raise IncompletePaper(incomplete.missing) from None
        return Written(octets=octets, title=form.title, codes=_codes(form))

    def read(self, octets: bytes) -> ClinicalDocument | None:
        """What another program's paper says; None where it is not written by a form of ours."""
        try:
            return read(octets)
        except (CdaRefused, XmlRefused):
            return None

    def kind_of(self, format_code: str) -> str:
        """The form of a formatCode, of those that tell of a referral."""
        return _by_format().get(format_code, "")


def _codes(form: forms.DocumentForm) -> DocumentCodes:
    return DocumentCodes(
        class_code=form.codes["class_code"],
        type_code=form.codes["type_code"],
        format_code=form.codes["format_code"],
        content_type_code=form.codes["content_type_code"],
        confidentiality=form.codes.get("confidentiality", _NORMAL),
        facility_type=form.codes.get("facility_type", _FACILITY),
        practice_setting=_general(),
    )


def _general() -> Code:
    """일반의, where nothing is said of a department."""
    scheme = table().schemes[DepartmentSystem.HIRA]
    display = LocalizedString(name_of(f"{_GENERAL}^^{scheme}") or _GENERAL, "ko-KR")
    return Code(_GENERAL, scheme, (display,))


@cache
def _by_format() -> dict[str, str]:
    found = {}
    for form in forms.known():
        if form.kind in KINDS and (code := form.codes.get("format_code")):
            found[f"{code.code}^^{code.scheme}"] = form.kind
    return found
