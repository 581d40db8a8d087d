import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.formats.xml import UnwritableCharacter, escape, escape_lossy, parse

WRITABLE = st.text(
    st.characters(exclude_categories=["Cs"]).filter(
        lambda c: c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff")
    )
)


@given(WRITABLE)
def test_a_text_comes_back_from_content_and_attribute_as_it_went(text: str) -> None:
    root = parse(f"<a b=\"{escape(text)}\" c='{escape(text)}'>{escape(text)}</a>".encode())
    assert root.get("b") == root.get("c") == (root.text or "") == text


@pytest.mark.parametrize("character", ["\0", "\x01", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_a_character_that_xml_cannot_carry_is_refused_or_replaced(character: str) -> None:
    with pytest.raises(UnwritableCharacter):
        escape(f"a{character}b")
    assert escape_lossy(f"a{character}<") == "a\ufffd&lt;"


def test_plain_text_is_given_back_itself() -> None:
    text = "진료의뢰서 2026"
    assert escape(text) is text
