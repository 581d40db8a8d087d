"""Checking submitted documents of known forms: the port of `naru.domain.findings`, filled."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from naru.domain.findings import Finding
from naru.domain.terminology import Verdict
from naru.domain.xds import DocumentEntry

if TYPE_CHECKING:
    from lxml import etree

_XML: Final = frozenset({"text/xml", "application/xml", "application/hl7-cda+xml"})


class DocumentChecker:
    """Knows the schema that the operator gave and the codes that this node has loaded."""

    def __init__(self, schemas: Path | None = None) -> None:
        self._schemas = schemas

    def __call__(self, entry: DocumentEntry, octets: bytes, on: date) -> tuple[Finding, ...]:
        """What is wrong with a document of a form that we know; of any other nothing is said.

        Its form is known by the entry's formatCode, which promises it (ITI TF-3 4.2.3.2.9), or by
        the document's own template.
        """
        from naru.formats.cda.rules import check

        claimed = self.form_of(entry)
        bare = entry.mime_type.partition(";")[0].strip().lower()
        if claimed is None and bare not in _XML:
            return ()
        found = check(octets, on=on, schema=self.schema, judge=judge, claimed=claimed)
        known = claimed is not None or not _NOT_OURS.intersection(one.rule for one in found)
        return found if known else ()

    def against(self, bill: bytes, receipt: bytes, on: date) -> tuple[Finding, ...]:
        """Where an itemised bill is not what the receipt says that came with it."""
        from naru.formats.cda.rules.pairs import against

        return against(bill, receipt, on=on)

    def form_of(self, entry: DocumentEntry) -> str | None:
        """The kind of the form that an entry's formatCode promises."""
        from naru.formats.cda.forms import known

        code = entry.format_code
        if code is None:
            return None
        for form in known():
            promised = form.codes.get("format_code")
            if promised and (promised.code, promised.scheme) == (code.code, code.scheme):
                return form.kind
        return None

    @cached_property
    def schema(self) -> "etree.XMLSchema | None":
        """The operator's schema, compiled at first use. Raises NoSchema."""
        from naru.formats.cda.rules import schema_in

        return None if self._schemas is None else schema_in(self._schemas)


def judge(codes: Sequence[tuple[str, str]], on: date) -> Sequence[Verdict]:
    """What the node's terminology says of codes on a day."""
    from naru.terminology import queries as terminology

    return terminology.validate_all(codes, on)


_NOT_OURS: Final = frozenset(
    {
        "template.foreign",
        "cda.no-document",
        "xml.empty",
        "xml.too-large",
        "xml.encoding",
        "xml.nul",
        "xml.dtd",
        "xml.prolog",
        "xml.too-much-markup",
        "xml.too-deep",
        "xml.too-many-attributes",
        "xml.attribute-too-long",
        "xml.text-too-long",
        "xml.malformed",
    }
)
"""Findings after which it is unknown of which form a document is."""
