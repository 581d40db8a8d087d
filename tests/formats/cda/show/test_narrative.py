"""The narrative is shown as its author laid it out, and the head says whose it is."""

import re
import struct
import zlib
from base64 import b64encode
from dataclasses import replace
from typing import Final

import pytest

from naru.domain.clinical import ClinicalDocument, Content, DocumentHeader, Reading
from naru.domain.findings import Finding, Severity, rules
from naru.formats.cda import write
from naru.formats.cda.show import show, show_text
from naru.formats.cda.show.html import article
from naru.formats.cda.show.remarks import laid
from tests.formats.cda.show.pages import document


def html(octets: bytes, language: str = "ko") -> str:
    return article(show(octets, language=language))


def text_of(narrative: str) -> str:
    """The page of one narrative, from its text on."""
    return html(document(narrative)).partition('<div class="cda-text">')[2]


@pytest.mark.parametrize(
    ("narrative", "shown"),
    [
        ("<paragraph>가</paragraph>", '<div class="cda-p">가</div>'),
        ('<content styleCode="Bold">가</content>', '<span class="cda-bold">가</span>'),
        (
            '<content styleCode="Bold Italics xColour">가</content>',
            '<span class="cda-bold cda-italics">가</span>',
        ),
        ('<content revised="delete">가</content>', "<del>가</del>"),
        ('<content revised="insert">가</content>', "<ins>가</ins>"),
        ("H<sub>2</sub>O m<sup>2</sup>", "H<sub>2</sub>O m<sup>2</sup>"),
        ("가<br/>나", "가<br>나"),
        ("가\n나", "가<br>나"),
        (
            "<list><caption>목록</caption><item>가</item></list>",
            '<div class="cda-caption">목록</div><ul><li>가</li></ul>',
        ),
        (
            '<list listType="ordered" styleCode="LittleRoman"><item>가</item></list>',
            '<ol class="cda-little-roman"><li>가</li></ol>',
        ),
        (
            '<linkHtml href="#a">가</linkHtml><content ID="a">나</content>',
            '<a href="#cda-p1">가</a><span id="cda-p1">나</span>',
        ),
        (
            '<footnoteRef IDREF="a"/><footnote ID="a">나</footnote>',
            '<a href="#cda-p1">주</a><span class="cda-note" role="note" id="cda-p1">나</span>',
        ),
        (
            '<linkHtml href="https://outside.example/">가</linkHtml>',
            '가<span class="cda-said" role="note">문서 밖 주소: https://outside.example/</span>',
        ),
        (
            "<blink>가</blink>",
            '<span class="cda-said" role="note">알 수 없는 표시</span>가',
        ),
    ],
)
def test_each_form_is_kept(narrative: str, shown: str) -> None:
    assert shown in text_of(narrative)


def test_a_table_keeps_its_head_its_spans_and_what_stood_between_its_rows() -> None:
    shown = text_of(
        '<table ID="t"><caption>활력징후</caption><col width="9"/><thead><tr><th>때</th>'
        '<th colspan="2" align="right">값</th></tr></thead><tbody><tr><th>키</th>'
        '<td rowspan="2">177</td><td>cm</td></tr>길 잃은 말</tbody></table>'
    )
    assert (
        '<table><caption>활력징후</caption><thead><tr><th scope="col">때</th>'
        '<th colspan="2" scope="col" class="cda-right">값</th></tr></thead><tbody><tr>'
        '<th scope="row">키</th><td rowspan="2">177</td><td>cm</td></tr>'
        '<tr><td colspan="3">길 잃은 말</td></tr></tbody></table>'
    ) in shown
    assert 'role="region" tabindex="0" aria-label="표 1"' in shown


def test_a_table_of_sentences_names_each_cell_for_a_phone() -> None:
    head = "<thead><tr><th>검사</th><th>소견</th></tr></thead>"
    table = f"<table>{head}<tr><td>CT</td><td>{{}}</td></tr></table>"
    shown = text_of(table.format("결절이 있습니다. " * 9))
    assert '<div class="cda-table cda-stacked"' in shown
    assert '<td data-name="검사">CT</td><td data-name="소견">결절이' in shown
    assert "data-name" not in text_of(table.format("정상"))


def png(width: int = 2, height: int = 2) -> bytes:
    rows = b"".join(b"\0" + bytes(width) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


GIF: Final = b"GIF89a\x02\0\x02\0\x80\0\0" + bytes(20)
JPEG: Final = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08\0\x02\0\x02\x01\x01\x11\0" + bytes(9)


def pictured(value: str) -> str:
    return html(
        document(
            '<renderMultiMedia referencedObject="m"><caption>심전도</caption></renderMultiMedia>'
        )
        .decode()
        .replace(
            "</section>",
            '<entry><observationMedia classCode="OBS" moodCode="EVN" ID="m">'
            f"{value}</observationMedia></entry></section>",
        )
        .encode()
    )


def carried(octets: bytes, media_type: str = "image/svg+xml") -> str:
    encoded = b64encode(octets).decode()
    return f'<value mediaType="{media_type}" representation="B64">{encoded}</value>'


@pytest.mark.parametrize(("octets", "kind"), [(png(), "png"), (GIF, "gif"), (JPEG, "jpeg")])
def test_a_picture_is_shown_as_what_its_octets_are(octets: bytes, kind: str) -> None:
    assert f'<img src="data:image/{kind};base64,{b64encode(octets).decode()}" alt=' in pictured(
        carried(octets)
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('<value mediaType="image/png"><reference value="http://outside.example/a.png"/></value>',
         "밖에 있는 그림"),
        (carried(b"<svg onload='alert(1)'/>"), "보일 수 없는 그림"),
        (carried(b"<svg onload='alert(1)'/>", "image/png"), "보일 수 없는 그림"),
        (carried(png()[:20], "image/png"), "보일 수 없는 그림"),
        (carried(png().replace(struct.pack(">II", 2, 2), struct.pack(">II", 9**6, 9**6))),
         "보일 수 없는 그림"),
        ('<value representation="B64">%%%</value>', "보일 수 없는 그림"),
        ("", "그림이 문서 안에 없습니다"),
    ],
)  # fmt: skip
def test_another_picture_is_named_and_not_drawn(value: str, said: str) -> None:
    shown = pictured(value)
    assert "<img" not in shown
    assert said in shown
    assert "심전도" in shown


def test_a_section_without_words_is_read_from_its_entries() -> None:
    octets = (
        document("")
        .decode()
        .replace(
            "<text></text>",
            "<entry><observation><code code='8480-6' displayName='수축기 혈압'/>"
            "<effectiveTime value='20261120103000+0900'/>"
            "<value xsi:type='PQ' value='132' unit='mm[Hg]'/></observation></entry>",
        )
        .encode()
    )
    assert "! 글이 없어" in show_text(octets)
    assert "수축기 혈압 | 132 mm[Hg] | 2026-11-20 10:30" in show_text(octets)
    assert "적힌 내용이 없습니다" in show_text(document(" "))


HEADER: Final = """
<templateId root="1.2.410.100110.40.2.1.3"/><id root="2.999.1" extension="7"/>
<code code="11488-4"/><effectiveTime value="20261120110000+0900"/><setId root="2.999.2"/>
<versionNumber value="2"/>
<recordTarget><patientRole><id extension="TEST-1"/><patient><name><given>하늘</given>
<family>남궁</family></name><administrativeGenderCode code="F"/><birthTime value="19800505"/>
</patient></patientRole></recordTarget>
<author><assignedAuthor><code displayName="내과"/><assignedPerson><name>한의사</name>
</assignedPerson><representedOrganization><name>가람의원</name></representedOrganization>
</assignedAuthor></author>
<informationRecipient><intendedRecipient><receivedOrganization><name>나루대학교병원</name>
<telecom value="tel:02-000-0002"/></receivedOrganization></intendedRecipient>
</informationRecipient>
<inFulfillmentOf><order><id extension="TEST-101"/></order></inFulfillmentOf>
<relatedDocument typeCode="RPLC"><parentDocument><id root="2.999.0" extension="6"/>
</parentDocument></relatedDocument>
"""


def test_the_head_says_who_when_to_whom_in_answer_to_what_and_in_place_of_what() -> None:
    head = show(document("가", header=HEADER)).head
    assert head.kind == "진료회신서"
    assert head.patient == ("남궁하늘", "여", "1980-05-05")
    assert [(one.name, one.value) for one in head.facts] == [
        ("작성", "한의사 · 내과 · 가람의원"),
        ("작성 일시", "2026-11-20 11:00"),
        ("받는 곳", "나루대학교병원 · 02-000-0002"),
        ("답하는 의뢰·지시", "TEST-101"),
        ("대신하는 문서", "2.999.0^6"),
    ]
    assert ("판", "2") in [(one.name, one.value) for one in head.more]
    english = show(document("가", header=HEADER), language="en").head
    assert english.facts[0].name == "Written by"


def test_a_radiology_report_names_its_accession_and_study() -> None:
    header = (
        '<code code="18748-4"/><inFulfillmentOf><order><id extension="TEST-A1"/></order>'
        '</inFulfillmentOf><documentationOf><serviceEvent><id root="2.999.5.1"/></serviceEvent>'
        "</documentationOf>"
    )
    study = show(document("가", header=header)).head.studies[0]
    assert (study.accession, study.uid) == ("TEST-A1", "2.999.5.1")


def test_sections_within_sections_have_headings_below_theirs_and_a_list_leads_to_each() -> None:
    inner = "<component><section><title>안</title><text>나</text></section></component>"
    octets = document("가", "다", "라").decode().replace("</section>", f"{inner}</section>", 1)
    shown = html(octets.encode())
    assert '<h2 id="cda-s1">항목 1</h2>' in shown
    assert '<h3 id="cda-s2">안</h3>' in shown
    assert '<li><a href="#cda-s3">항목 2</a></li>' in shown
    assert shown.count("<section") == shown.count("</section>")


def test_findings_are_laid_at_their_place() -> None:
    rule = next(one for one in rules().values() if one.severity is Severity.ERROR)
    shown = show(document("<paragraph>가슴</paragraph>", "<paragraph>허리</paragraph>"))
    sections = "/ClinicalDocument/component/structuredBody"
    found = (
        Finding(rule.id, f"{sections}/component[2]/section/text/paragraph"),
        Finding(rule.id, f"{sections}/component/section/code"),
        Finding(rule.id, "/ClinicalDocument/author"),
    )
    remark = f'<p class="cda-remark" role="note">{rule.korean}</p>'
    head, first, second = re.split("<section ", article(shown, laid(shown, found)))[:3]
    assert head.count(remark) == first.count(remark) == second.count(remark) == 1
    assert remark not in article(shown)


def encoded(octets: bytes, media_type: str) -> str:
    content = b64encode(octets).decode()
    return f'<text mediaType="{media_type}" representation="B64">{content}</text>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('<text mediaType="text/plain">가\n나</text>', '<div class="cda-verbatim">가\n나</div>'),
        (encoded("가나".encode(), "text/plain"), '<div class="cda-verbatim">가나</div>'),
        (encoded("가나".encode("cp949"), "text/plain"), '<div class="cda-verbatim">가나</div>'),
        (encoded(png(), "image/png"), '<img src="data:image/png;base64,'),
        (encoded(b"%PDF-1.7", "application/pdf"), "들어 있는 PDF 파일입니다"),
        ('<text mediaType="text/html">&lt;script&gt;</text>', "&lt;script&gt;"),
        (
            '<text mediaType="application/pdf"><reference value="http://outside.example/a"/></text>',
            "내용이 문서 밖에 있어",
        ),
        ('<text representation="B64">%</text>', "들어 있는 파일을 읽을 수 없습니다"),
    ],
)
def test_a_document_without_structure_shows_what_it_carries(text: str, shown: str) -> None:
    empty, full = "<structuredBody></structuredBody>", f"<nonXMLBody>{text}</nonXMLBody>"
    assert shown in html(document().decode().replace(empty, full).encode())


def test_our_own_radiology_report_leads_to_its_images(
    referral_document: ClinicalDocument, header: DocumentHeader
) -> None:
    reading = Reading(
        time=header.time,
        name="흉부 CT",
        findings="좌상엽 결절 8 mm.\n변화 없음.",
        accession="TEST-A1",
        study="2.999.5.1",
    )
    report = replace(
        referral_document, kind="radiology-report", content=Content(readings=(reading,))
    )
    shown = show(write(report))
    assert [(one.accession, one.uid) for one in shown.head.studies] == [("TEST-A1", "2.999.5.1")]
    assert ("영상 접수 번호", "TEST-A1") in [(one.name, one.value) for one in shown.head.facts]
    assert "좌상엽 결절 8 mm.<br>변화 없음." in article(shown)
