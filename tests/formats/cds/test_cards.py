"""What another's record says is words in a card, whatever it looks like."""

import pytest

from naru.formats.cds.cards import plain


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("https://outside.example/a", "https\\://outside.example/a"),
        ("WWW.outside.example", "WWW\\.outside.example"),
        ("a@outside.example", "a\\@outside.example"),
        ("&lt;b>", "\\&lt;b\\>"),
        ("[a](b)\n# c", "\\[a\\]\\(b\\) \\# c"),
        ("1.5 mg: 하루 2회", "1.5 mg: 하루 2회"),
    ],
)
def test_nothing_of_a_record_is_markup_or_a_link(words: str, written: str) -> None:
    assert plain(words) == written
