"""A paper is printed alike each time, whatever is on it, and what was signed shows every change."""

import asyncio
import re
import struct
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.paper import (
    Block,
    Facts,
    Heading,
    Paper,
    Paragraph,
    SignatureBlock,
    Signatures,
    Signer,
    Table,
)
from naru.formats.pdf import PaperRefused, PdfPress
from naru.security.authority import Authority, create_authority

NOW: Final = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
PRESS: Final = PdfPress()


def png(width: int, height: int) -> bytes:
    rows = b"".join(b"\0" + bytes(width) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def paper(*blocks: Block, title: str = "시험 협약서") -> Paper:
    return Paper(title=title, number="TEST-1", time=NOW, footer="나루", blocks=blocks)


A_PAPER: Final = paper(
    Facts((("거점의료기관", "시험병원"), ("협력의료기관", "시험의원"))),
    Heading("제1조"),
    Paragraph("서로의 진료기록을 환자의 동의로 교류한다."),
    Table(("항목", "값"), (("가", "나"), ("다", "라"))),
    Signatures(
        (
            SignatureBlock(
                role="거점 대표자", name="가나다", when="2026년 11월 21일", picture=png(90, 30)
            ),
            SignatureBlock(role="협력 대표자", name="金라마"),
        )
    ),
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return create_authority(tmp_path_factory.mktemp("authority") / "ca", datetime.now(UTC))


@pytest.fixture(scope="module")
def signed(authority: Authority) -> bytes:
    first = PRESS.sign(PRESS.print(A_PAPER), a_signer(authority, "가나다"), field="hub")
    return PRESS.sign(first, a_signer(authority, "金라마"), field="spoke")


def a_signer(authority: Authority, name: str) -> Signer:
    issued = authority.issue_client(name, [], datetime.now(UTC))
    return Signer(
        key=issued.key,
        certificate=issued.certificate,
        authority=authority.certificate,
        name=name,
        reason="시험",
    )


def test_the_same_paper_gives_the_same_octets() -> None:
    assert PRESS.print(A_PAPER) == PRESS.print(A_PAPER)
    later = replace(A_PAPER, time=NOW.replace(second=1))
    assert PRESS.print(later) != PRESS.print(A_PAPER)


def test_a_paper_is_an_archive_s_and_everybody_s_with_its_font_inside() -> None:
    printed = PRESS.print(A_PAPER)
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>", printed)
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>", printed)
    assert b"/FontFile2" in printed
    assert b"NanumGothic" in printed
    assert len(printed) < 80_000  # Of the font only what is used.


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_written_is_printed_and_read_as_nothing_else(name: str, text: str) -> None:
    printed = PRESS.print(paper(Facts(((name, text),)), Heading(name), Paragraph(text), title=text))
    assert printed.startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    "text", ["#panic()", '#read("/etc/passwd")', "$x", "*", "]", '"', "#import", "☃🙂\ufffe"]
)
def test_nothing_that_is_printed_is_carried_out(text: str) -> None:
    assert PRESS.print(paper(Paragraph(text), title=text)).startswith(b"%PDF")


def hostile() -> Iterator[Block]:
    huge = struct.pack(">II", 100_000, 100_000)
    for picture in (
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        png(2, 2)[:30],
        png(2, 2).replace(struct.pack(">II", 2, 2), huge),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(300_000),
    ):
        yield Signatures((SignatureBlock(role="대표자", name="가", picture=picture),))
    yield Paragraph("가" * 500_000)
    yield Table(("a", "b"), (("one",),))


@pytest.mark.parametrize("block", tuple(hostile()))
def test_what_cannot_be_printed_is_refused(block: Block) -> None:
    with pytest.raises(PaperRefused):
        PRESS.print(paper(block))


def test_fifty_papers_take_a_second_at_most() -> None:
    PRESS.print(A_PAPER)
    began = process_time()
    for number in range(20):
        PRESS.print(replace(A_PAPER, number=str(number)))
    # Of one core's time, with room for a slow one; measured: 5 ms each.
    assert (process_time() - began) / 20 < 1 / 50 * 2


def test_both_signatures_are_found_whole_and_trusted(authority: Authority, signed: bytes) -> None:
    first, second = PRESS.signatures(signed, authorities=[authority.certificate])
    assert (first.name, second.name) == ("가나다", "金라마")
    for one in (first, second):
        assert one.whole
        assert one.trusted
        assert abs((datetime.now(UTC) - one.time).total_seconds()) < 600


def test_a_paper_is_looked_at_where_an_event_loop_runs(authority: Authority, signed: bytes) -> None:
    async def look() -> int:
        return len(PRESS.signatures(signed, authorities=[authority.certificate]))

    # In a thread of the test's own: where a browser was driven before, this one has a loop, too.
    with ThreadPoolExecutor(max_workers=1) as thread:
        assert thread.submit(asyncio.run, look()).result() == 2


def test_a_signature_leaves_what_was_printed_as_it_was(signed: bytes) -> None:
    assert signed.startswith(PRESS.print(A_PAPER))
    assert PRESS.signatures(PRESS.print(A_PAPER), authorities=[]) == ()


def test_a_signer_of_another_authority_is_not_trusted(signed: bytes, tmp_path: Path) -> None:
    other = create_authority(tmp_path / "ca", datetime.now(UTC))
    found = PRESS.signatures(signed, authorities=[other.certificate])
    assert [(one.whole, one.trusted) for one in found] == [(True, False), (True, False)]


def test_each_change_of_what_was_signed_shows(authority: Authority, signed: bytes) -> None:
    length = len(PRESS.print(A_PAPER))
    for place in range(20, length, length // 40):
        changed = bytearray(signed)
        changed[place] ^= 1
        try:
            found = PRESS.signatures(bytes(changed), authorities=[authority.certificate])
        except PaperRefused:
            continue
        assert not any(one.whole for one in found), place


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (rb"/Length(?= \d+/)", b"/Lengph"),
        (rb"/Size(?= \d)", b"/SIze"),
        (rb"/XYZ \d+\.\d+", b"/XYZ 6..062206"),
        (rb"/Root(?= \d)", b"/Rood"),
        (rb"(?<=/Contents <)3082", b"1182"),
    ],
)
def test_what_its_reader_stumbles_over_is_refused_or_not_whole(
    authority: Authority, signed: bytes, written: bytes, instead: bytes
) -> None:
    found = list(re.finditer(written, signed))
    assert found
    for one in found:
        changed = bytearray(signed)
        changed[one.start() : one.end()] = instead
        with suppress(PaperRefused):
            signatures = PRESS.signatures(bytes(changed), authorities=[authority.certificate])
            assert not all(each.whole for each in signatures)


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7", b"x" * 100, b"%PDF-1.7\n%%EOF"])
def test_what_is_no_pdf_is_refused(authority: Authority, pdf: bytes) -> None:
    with pytest.raises(PaperRefused):
        PRESS.signatures(pdf, authorities=[authority.certificate])
    with pytest.raises(PaperRefused):
        PRESS.sign(pdf, a_signer(authority, "가"), field="hub")
