"""의뢰사유 and 회송사유: one act, six fields, each with its table of codes."""

from collections.abc import Iterator, Mapping
from typing import Final

from naru.domain.findings import Finding
from naru.formats.cda.datatypes import hl7
from naru.formats.cda.entries.reasons import SEPARATOR
from naru.formats.cda.forms import DocumentForm
from naru.formats.cda.rules.paths import Elements
from naru.formats.cda.rules.whole import Whole, templates_of

_TABLES: Final = (
    "state",
    "referral_clinical",
    "referral_other",
    "kind",
    "return_clinical",
    "return_other",
)
_ACTS: Final = Elements("h:component/h:structuredBody/h:component/h:section/h:entry/h:act")


def breaches(whole: Whole, form: DocumentForm) -> Iterator[Finding]:
    """Each code of the reasons that its table does not have."""
    template = form.raw.get("reason_template", {}).get("root")
    if template is None:
        return
    tables: Mapping[str, Mapping[str, str]] = form.raw.get("reason_codes", {})
    for act in _ACTS(whole.root):
        if template not in templates_of(act.iterchildren(hl7("templateId"))):
            continue
        text = act.find(hl7("text"))
        fields = ("" if text is None else text.text or "").split(SEPARATOR)
        if len(fields) != len(_TABLES):
            yield whole.finding("reason.fields", act)
            continue
        for name, code in zip(_TABLES, fields, strict=True):
            if code and code not in tables.get(name, {}):
                yield whole.finding("reason.code", text, field=name, code=code)
