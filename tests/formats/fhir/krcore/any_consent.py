"""Any consent or withdrawal, as far as FHIR can write it down and read it back exactly.

Left out, and told in docs/conformance/kr-core.tsv: words of blanks alone.
"""

from hypothesis import strategies as st

from naru.domain.consent_document import ConsentDocument
from tests.formats.any_consent import AnyConsent
from tests.formats.fhir.krcore.any_paper import without_blanks
from tests.formats.tape import Tape, tapes


class AsFhirTells(AnyConsent):
    """Consents without what FHIR leaves out."""

    def __init__(self, tape: Tape) -> None:
        super().__init__(tape)
        self.text = without_blanks(tape.text)


def consent_of(kind: str) -> st.SearchStrategy[ConsentDocument]:
    """Any `consent` or `withdrawal`."""
    return tapes.map(lambda octets: AsFhirTells(Tape(octets)).consent(kind))
