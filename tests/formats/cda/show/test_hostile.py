"""Whatever a narrative holds, its page is made of our tags alone and every word of it is there."""

from time import process_time
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.show import show, show_html, show_text
from naru.formats.cda.show.html import article
from naru.formats.xml import XmlRefused, parse
from naru.formats.xml.escape import escape_lossy
from tests.formats.cda.show.pages import (
    assert_calm,
    document,
    parsed,
    shown_words,
    written_words,
)

TAGS: Final = (
    *("paragraph", "content", "list", "item", "caption", "table", "thead", "tbody", "tfoot"),
    *("tr", "td", "th", "col", "colgroup", "br", "sub", "sup", "linkHtml", "footnote"),
    *("footnoteRef", "renderMultiMedia", "script", "style", "iframe", "svg", "math", "a", "form"),
    *("input", "template", "select", "option", "plaintext", "textarea", "noscript", "title", "pre"),
    *("p", "div", "li", "b", "i", "object", "embed", "xmp", "base", "link", "meta", "body", "head"),
)
VALUES: Final = (
    *("javascript:alert(1)", "#a", "#b", "a", "b", "data:text/html,<script>alert(1)</script>"),
    *("2", "-1", "0", "99999999999", "ordered", "Bold", "Bold Italics x", "insert", "delete"),
    *(
        "http://outside.example/",
        "//outside.example",
        "left",
        "char",
        "row",
        "expression(alert(1))",
    ),
)
ATTRIBUTES: Final = (
    *("href", "ID", "IDREF", "styleCode", "style", "onclick", "onmouseover", "src", "colspan"),
    *("rowspan", "align", "scope", "listType", "revised", "referencedObject", "class", "id"),
    *("width", "language", "border", "background", "action", "formaction", "srcset"),
)
TEXTS: Final = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        (
            *(
                "</div>",
                "<script>alert(1)</script>",
                "-->",
                "]]>",
                "<!--",
                "&amp;lt;",
                "\u202e가나",
            ),
            *("가슴 통증", "각", "金", "🙂", "'\"><img src=x onerror=alert(1)>", "a\nb", " \n\t"),
        )
    ),
)


def element(name: str, attributes: dict[str, str], inner: list[str]) -> str:
    told = "".join(f' {key}="{escape_lossy(value)}"' for key, value in attributes.items())
    return f"<{name}{told}>{''.join(inner)}</{name}>"


NARRATIVES: Final = st.recursive(
    TEXTS.map(escape_lossy),
    lambda inner: st.builds(
        element,
        st.sampled_from(TAGS),
        st.dictionaries(st.sampled_from(ATTRIBUTES), st.sampled_from(VALUES), max_size=3),
        st.lists(inner, max_size=5),
    ),
    max_leaves=40,
)

VECTORS: Final = (
    '<paragraph onclick="alert(1)" style="background:url(http://outside.example)">가</paragraph>',
    '<linkHtml href="javascript:alert(1)">눌러</linkHtml>',
    '<linkHtml href="  jAvAsCrIpT&#58;alert(1)">눌러</linkHtml>',
    '<linkHtml href="data:text/html;base64,PHNjcmlwdD4=">눌러</linkHtml>',
    '<linkHtml href="vbscript:x">눌러</linkHtml>',
    '<linkHtml href="http://outside.example/&quot; onmouseover=&quot;alert(1)">눌러</linkHtml>',
    '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
    '<img xmlns="http://www.w3.org/1999/xhtml" src="x" onerror="alert(1)"/>',
    '<iframe src="http://outside.example"/><object data="x"/><embed src="x"/><base href="x"/>',
    "<style>@import url(http://outside.example);</style>",
    '<content styleCode="Bold&quot; onclick=&quot;alert(1)">가</content>',
    '<sub ID="&quot;&gt;&lt;x&gt;">가</sub><linkHtml href="#&quot;&gt;&lt;x&gt;">나</linkHtml>',
    '<content ID="main">가</content><linkHtml href="#main">나</linkHtml>',
    '<renderMultiMedia referencedObject="&lt;img&gt;"><caption>그림</caption></renderMultiMedia>',
    '<table><tr><td colspan="&quot;&gt;&lt;script&gt;">가</td></tr></table>',
    "<table>가<tr>나<td>다<table><tr><td>라</td></tr></table></td>마</tr>바</table>",
    "<td>가</td><tr><td>나</td></tr><item>다</item><caption>라</caption>",
    "<list>가<item>나<item>다</item></item><paragraph>라</paragraph>마</list>",
    "<paragraph>가<paragraph>나<table><tr><td>다</td></tr></table></paragraph>라</paragraph>",
    "<?xml-stylesheet href='http://outside.example/x.xsl'?>가",
    "<![CDATA[<script>alert(1)</script>]]>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<x:template xmlns:x='http://www.w3.org/1999/XSL/Transform' match='/'>가</x:template>",
    "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/>",
    "<paragraph>&#x202e;거꾸로 &#x2028; &#x85; &#xfeff;</paragraph>",
    "<linkHtml href='#a'>가<linkHtml href='#b'>나</linkHtml></linkHtml><sub ID='a'/><sub ID='b'/>",
)


@pytest.mark.parametrize("narrative", VECTORS)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_known_attack_gets_onto_the_page(narrative: str, language: str) -> None:
    octets = document(narrative)
    page = parsed(octets, language)
    assert_calm(page)
    assert shown_words(page) == "".join(written_words(octets))


@given(NARRATIVES)
@example("<table><tr><td><list><item>가</item></list></td></tr>나</table>")
@example(
    "<linkHtml href='#a'><table><tr><td ID='a'><linkHtml href='#a'/></td></tr></table></linkHtml>"
)
def test_every_word_is_there_in_its_order_and_nothing_but_our_tags(narrative: str) -> None:
    octets = document(narrative)
    page = parsed(octets)
    assert_calm(page)
    # A link without words is given one.
    assert shown_words(page).replace("주", "") == "".join(written_words(octets)).replace("주", "")


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_the_head_says_is_words_too(name: str, title: str) -> None:
    header = (
        f"<id root='{escape_lossy(name)}'/><effectiveTime value='{escape_lossy(name)}'/>"
        f"<code code='{escape_lossy(title)}' displayName='{escape_lossy(title)}'/>"
        f"<recordTarget><patientRole><patient><name>{escape_lossy(name)}</name>"
        f"<birthTime value='{escape_lossy(title)}'/></patient></patientRole></recordTarget>"
        f"<author><assignedAuthor><assignedPerson><name><given>{escape_lossy(name)}</given>"
        "</name></assignedPerson></assignedAuthor></author>"
    )
    assert_calm(parsed(document("가", header=header)))


HUGE: Final = {
    "50 MB of words": lambda: document("<paragraph>" + "가나다라 " * 4_000_000 + "</paragraph>"),
    "a million cells": lambda: document(
        "<table>" + ("<tr>" + "<td>1</td>" * 100 + "</tr>") * 10_000 + "</table>"
    ),
    "60,000 cells in one row": lambda: document(
        "<table><tr>" + "<td>1</td>" * 60_000 + "</tr></table>"
    ),
    "rows below a wide one": lambda: document(
        "<table><tr>" + "<td rowspan='64'>1</td>" * 600 + "</tr>" + "<tr/>" * 20_000 + "</table>"
    ),
    "spans": lambda: document(
        "<table>" + "<tr><td colspan='999' rowspan='999'>1</td></tr>" * 9_000
    ),
    "deep": lambda: document("<content>" * 5_000 + "가" + "</content>" * 5_000),
    "deep enough": lambda: document("<list><item>" * 90 + "가" + "</item></list>" * 90),
    "sections": lambda: document(*["가"] * 5_000),
    "entities": lambda: (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY e SYSTEM "file:///etc/passwd">]>'
        + document("가&c;&e;나")
    ),
    "broken tags": lambda: document("<content a='" + "<b " * 60_000),
    "attributes": lambda: document(
        "<content " + " ".join(f"a{one}='1'" for one in range(50_000)) + ">가</content>"
    ),
    "references": lambda: document("&#44032;" * 1_100_000),
    "a long name of a column of many rows": lambda: document(
        f"<table><thead><tr><th>{'가' * 300_000}</th></tr></thead><tbody><tr><td>{'나' * 60}</td>"
        f"</tr>{'<tr><td>1</td></tr>' * 30_000}</tbody></table>"
    ),
    "statements that say nothing, within sections within them": lambda: document(
        "</text><text/>"
        + "<entry><act><section>" * 60
        + f"<entry>{'<observation/>' * 60_000}</entry>"
        + "</section></act></entry>" * 60
        + "<text>"
    ),
    "lines": lambda: document("가\n" * 1_000_000),
}


@pytest.mark.parametrize("name", sorted(HUGE))
def test_what_is_too_much_is_cut_and_says_so(name: str) -> None:
    octets = HUGE[name]()
    began = process_time()
    shown = show(octets)
    html = article(shown)
    took = process_time() - began
    assert took < 10  # Of one core's time, with room for a slow one; measured: 1.2 s at most.
    assert len(html) < 12_000_000
    said = [*shown.said, *(one for _, each in shown.each_section() for one in each.said)]
    assert said or "cda-said" in html
    assert len(show_text(octets)) < 12_000_000


@pytest.mark.parametrize("name", ["table", "list", "table><caption", "list><caption", "tr", "col"])
def test_no_form_is_nested_deeper_than_we_walk(name: str) -> None:
    """Elements that may not stand in each other are walked no deeper than those that may."""
    opening, closing = f"<{name}>", "".join(f"</{one}>" for one in name.split("><")[::-1])
    octets = document(f"<table>{opening * 90}가{closing * 90}</table>")
    page = parsed(octets)
    assert_calm(page)
    assert shown_words(page) == "가"
    assert len(show_text(octets)) < 2_000


@pytest.mark.parametrize("name", ["x:1abc", "x:", "x:\u00b2", "a:b:c", ":a", "x:-a", "x:가"])
def test_names_that_only_a_recovered_tree_holds_are_shown_around(name: str) -> None:
    octets = f"<ClinicalDocument><title>가</title><section><text>나<{name}/>다".encode()
    assert "나" in show_text(octets)


def test_a_form_of_our_own_page_is_not_reached() -> None:
    html = show_html(document("<paragraph>가</paragraph>")).decode()
    policy = html.partition('http-equiv="Content-Security-Policy" content="')[2].partition('"')[0]
    assert "default-src &#39;none&#39;" in policy
    assert "script-src" not in policy
    assert "<script" not in html


@given(st.binary(max_size=12), st.integers(0, 2_000), st.integers(0, 2_000))
def test_what_is_broken_is_shown_as_far_as_it_goes(inserted: bytes, at: int, cut: int) -> None:
    whole = document("<table><tr><td>가슴 통증</td></tr></table>", "<paragraph>나</paragraph>")
    at %= len(whole)
    broken = whole[:at] + inserted + whole[at + cut % 40 :]
    try:
        page = parsed(broken)
    except CdaRefused:
        assert b"<ClinicalDocument xmlns" not in broken
        return
    assert_calm(page)


def test_half_a_document_is_half_shown_under_a_banner() -> None:
    whole = document("<paragraph>가슴 통증</paragraph>", "<paragraph>뒤</paragraph>")
    half = whole[: whole.index("뒤".encode())]
    with pytest.raises(XmlRefused):
        parse(half)  # The doors stay strict.
    shown = show(half)
    assert shown.broken
    assert "온전하지 않습니다" in shown.said[0]
    assert "가슴 통증" in show_text(half)


@pytest.mark.parametrize(
    "octets", [b"", b"<", b"%PDF-1.7", b"<a/>", b"\0" * 99, b"<ClinicalDocumentX/>"]
)
def test_what_is_no_cda_at_all_is_refused(octets: bytes) -> None:
    with pytest.raises(CdaRefused):
        show(octets)
