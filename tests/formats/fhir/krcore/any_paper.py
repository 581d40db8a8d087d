"""Any paper, as far as FHIR can write it down and read it back exactly.

Left out, and told in docs/conformance/kr-core.tsv: words of blanks alone, codes of bills
with blanks.
"""

from collections.abc import Callable
from dataclasses import replace

from naru.domain.papers import BillLine
from tests.formats.any_paper import AnyPaper
from tests.formats.tape import Tape


class AsFhirTells(AnyPaper):
    """Papers without what FHIR leaves out."""

    def __init__(self, tape: Tape) -> None:
        super().__init__(tape)
        self.text = without_blanks(tape.text)

    def line(self) -> BillLine:
        return replace(super().line(), code=self.code())


def without_blanks(text: Callable[[], str]) -> Callable[[], str]:
    def drawn() -> str:
        found = text()
        return found if found.strip() else ""

    return drawn
