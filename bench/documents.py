"""Documents shown and printed beside their floors: `python -m bench.documents`.

HTML beside lxml's own XSLT with a style sheet that lays out as much, PDF beside WeasyPrint on the
page that we show (`uv sync --group documents`; without it that column is left out). All of one run,
on one core, in turns, so that whatever else the machine does meets all alike.
"""

import importlib
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from lxml import etree

from naru.domain.clinical import (
    CareInstitution,
    Department,
    Diagnosis,
    DocumentHeader,
    Encounter,
    EncounterKind,
    Medication,
    Patient,
    Practitioner,
    Referral,
    TestResult,
)
from naru.domain.identifiers import Identifier
from naru.domain.korea import KST
from naru.domain.person import Gender
from naru.formats.cda import show_html, show_pdf, write
from naru.formats.xml import parse

TURNS: Final = 5
SECONDS: Final = 1.0
"""Of each turn of each engine."""

STYLE_SHEET: Final = b"""
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
 xmlns:h="urn:hl7-org:v3" exclude-result-prefixes="h">
<xsl:output method="html" encoding="utf-8"/>
<xsl:template match="/h:ClinicalDocument"><html><head>
<title><xsl:value-of select="h:title"/></title>
</head><body><h1><xsl:value-of select="h:title"/></h1><dl>
<dt>patient</dt><dd><xsl:value-of select="h:recordTarget/h:patientRole/h:patient/h:name"/></dd>
<dt>author</dt><dd><xsl:value-of select="h:author/h:assignedAuthor/h:assignedPerson/h:name"/></dd>
<dt>time</dt><dd><xsl:value-of select="h:effectiveTime/@value"/></dd></dl>
<xsl:for-each select="h:component/h:structuredBody/h:component/h:section"><section>
<h2><xsl:value-of select="h:title"/></h2><xsl:apply-templates select="h:text/node()"/></section>
</xsl:for-each></body></html></xsl:template>
<xsl:template match="h:paragraph"><p><xsl:apply-templates/></p></xsl:template>
<xsl:template match="h:list"><ul><xsl:apply-templates/></ul></xsl:template>
<xsl:template match="h:item"><li><xsl:apply-templates/></li></xsl:template>
<xsl:template match="h:table|h:thead|h:tbody|h:tr|h:th|h:td|h:caption|h:sub|h:sup|h:br">
<xsl:element name="{local-name()}"><xsl:apply-templates/></xsl:element></xsl:template>
</xsl:stylesheet>"""


def referral(rows: int) -> bytes:
    """A referral of a 가상 patient; one of 16 rows is of the 13 KB that a usual CDA has."""
    day, moment = date(2026, 11, 20), datetime(2026, 11, 20, 10, 30, tzinfo=KST)
    here = CareInstitution(name="가람의원", oid="2.999.10.1", code="TEST-101", telephone="02-000-1")
    there = CareInstitution(name="나루병원", oid="2.999.10.2", code="TEST-102", telephone="02-1")
    said = Referral(
        number="TEST-1",
        patient=Patient(mrn="TEST-1", name="남궁하늘", birth_date=day, sex=Gender.FEMALE),
        author=Practitioner(
            id="TEST-D1", name="한의사", department=Department(code="0100", name="내과")
        ),
        encounter=Encounter(date=day, kind=EncounterKind.AMBULATORY),
        diagnoses=tuple(
            Diagnosis(date=day, code="I20.9", name=f"상세불명의 협심증 {one}")
            for one in range(rows // 4)
        ),
        medications=tuple(
            Medication(time=moment, code="TEST-KD-1", name=f"아스피린장용정 {one} mg", dose="1정")
            for one in range(rows // 4)
        ),
        test_results=tuple(
            TestResult(time=moment, code="TEST-EDI-1", name=f"Troponin {one}", result="0.02 ng/mL")
            for one in range(rows - 2 * (rows // 4))
        ),
        opinion="가슴 통증이 지속됩니다.\n정밀 검사가 필요합니다.",
        reason="관상동맥 조영술을 의뢰드립니다.",
    )
    header = DocumentHeader(
        id="2.999.1.1",
        time=datetime(2026, 11, 20, 11, 0, tzinfo=KST),
        patient_id=Identifier("TEST-1", "2.999.10.1.1"),
        custodian=here,
    )
    return write(said.to(there).under(header))


def anew(octets: bytes) -> Callable[[], bytes]:
    """The document with a title that was never seen before, each time it is asked for."""
    numbers = iter(range(10**9))
    return lambda: octets.replace(b"</title>", f" {next(numbers)}</title>".encode(), 1)


def rate(work: Callable[[], object]) -> float:
    """How often a second of one core it is done."""
    began, done = time.process_time(), 0
    while (took := time.process_time() - began) < SECONDS:
        work()
        done += 1
    return done / took


def weasyprint() -> Callable[[bytes], bytes] | None:
    """WeasyPrint's printing of a page, where it is installed."""
    try:
        module = importlib.import_module("weasyprint")
    except (ImportError, OSError):  # It is not there, or the libraries it speaks to are not.
        return None
    return lambda page: bytes(module.HTML(string=page.decode()).write_pdf())


def engines(octets: bytes) -> dict[str, Callable[[], object]]:
    """What is measured of one document; nothing is given the same octets twice."""
    fresh = anew(octets)
    transform = etree.XSLT(etree.fromstring(STYLE_SHEET))
    found: dict[str, Callable[[], object]] = {
        "lxml parse": lambda: etree.fromstring(fresh()),
        "our parse": lambda: parse(fresh()),
        "lxml XSLT to HTML": lambda: bytes(transform(etree.fromstring(fresh()))),
        "our HTML": lambda: show_html(fresh()),
        "our PDF": lambda: show_pdf(fresh()),
    }
    if (others := weasyprint()) is not None:
        found["WeasyPrint PDF"] = lambda: others(show_html(fresh()))
    return found


def main() -> None:
    """Print the best of the turns."""
    for rows in (16, 200):
        octets = referral(rows)
        measured = engines(octets)
        best = dict.fromkeys(measured, 0.0)
        for _ in range(TURNS):
            for name, work in measured.items():
                best[name] = max(best[name], rate(work))
        told = ", ".join(f"{name} {one:,.1f}/s" for name, one in best.items())
        print(f"{len(octets) / 1000:.1f} kB, {rows} rows: {told}")


if __name__ == "__main__":
    main()
