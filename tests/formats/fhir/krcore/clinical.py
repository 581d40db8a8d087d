"""Any clinical document, as far as FHIR can write it down and read it back exactly.

Left out, and told in docs/conformance/kr-core.tsv: words of blanks alone, units of results that are
no number, codes of KCD beside the document's own, a resident number.
"""

from dataclasses import replace
from typing import Final

from hypothesis import strategies as st

from naru.domain.clinical import (
    Allergy,
    ClinicalDocument,
    Coding,
    Content,
    Immunization,
    Medication,
    Patient,
    ReferralReason,
    ReturnReason,
    TestResult,
)
from naru.domain.identifiers import Identifier
from naru.formats.cda import DocumentForm
from naru.formats.cda.forms import load
from tests.formats.any_document import SYSTEMS, AnyDocument, content_fields, document_of
from tests.formats.tape import Tape

KINDS: Final = (
    "referral",
    "return",
    "reply",
    "summary",
    "radiology-report",
    "emergency-transfer",
    "certificate",
)
_FORMS: Final = tuple(form for form in load() if form.sections)
_ATC: Final = "ATC"


class AsFhirTells(AnyDocument):
    """Documents of every section, whatever their kind: FHIR asks for no form's own."""

    def __init__(self, tape: Tape) -> None:
        super().__init__(tape)
        self.text = lambda: _no_blanks(tape.text())
        self.code = lambda: self._in_some_case(tape.code_or_none())

    def _in_some_case(self, code: str) -> str:
        return code.lower() if self.tape.below(2) else code

    def content(self, _form: DocumentForm) -> Content:
        return content_fields(self.field)

    def system(self) -> str:
        named = tuple(one for one in SYSTEMS if one != "KCD")
        return self.tape.one((self.tape.one(named), self.tape.oid(), "어느 체계"))

    def translation(self) -> Coding:
        return replace(super().translation(), code=self.tape.code())

    def reason(self) -> str:
        return super().reason().strip()

    def referral_reason(self) -> ReferralReason:
        return replace(super().referral_reason(), state=self.tape.code())

    def return_reason(self) -> ReturnReason:
        return replace(super().return_reason(), kind=self.tape.code())

    def medication(self) -> Medication:
        """With a code of KD or EDI; the ingredients come last."""
        told = super().medication()
        others = tuple(sorted(told.translations, key=lambda one: one.system == _ATC))
        system = self.tape.one(("KD", "EDI"))
        return replace(told, code=self.tape.code(), system=system, translations=others)

    def allergy(self) -> Allergy:
        return replace(super().allergy(), code=self.tape.code())

    def test_result(self) -> TestResult:
        """With a unit where it is a number, and with translations where it has a code."""
        told = super().test_result()
        if not told.code:
            told = replace(told, translations=())
        if told.unit:
            told = replace(told, result=f"{self.tape.one(('', '<', '>='))}{self.tape.number(1)}")
        return told

    def immunization(self) -> Immunization:
        told = super().immunization()
        if self.tape.below(2):
            return replace(told, name="결핵", code="", system="KOSTOM")
        return replace(told, code=self.tape.code(), system=self.tape.one(("KOSTOM", "EDI")))

    def patient(self, known_as: Identifier) -> Patient:
        told = replace(
            super().patient(known_as),
            affinity_id=self.tape.maybe(lambda: Identifier(self.name(), self.tape.oid())),
        )
        return replace(told, mrn=self.name()) if self.tape.below(2) else told

    def document(self, form: DocumentForm) -> ClinicalDocument:
        told = super().document(form)
        return replace(told, authenticator=self.tape.maybe(self.practitioner))


def _no_blanks(text: str) -> str:
    return text if text.strip() else ""


def documents() -> st.SearchStrategy[ClinicalDocument]:
    """A whole document of any kind."""
    return st.sampled_from(_FORMS).flatmap(lambda form: document_of(form, AsFhirTells))
