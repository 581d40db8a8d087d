"""Words of a table, found in what somebody wrote.

A Latin word counts where it stands by itself; Korean is written without blanks between its words,
so that a Korean one counts anywhere, with blanks inside it or without. Of words that overlap the
longest counts, and each place once.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping


class KnownWords:
    """Words by what they mean; one word may mean several things."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        """`words`: the words of each meaning, in small letters."""
        self._meanings = tuple(words)
        self._of_word: dict[str, tuple[str, ...]] = {}
        for meaning, those in words.items():
            for one in those:
                self._of_word[one] = (*self._of_word.get(one, ()), meaning)
        longest = sorted(self._of_word, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_one, longest)))

    def told_in(self, text: str) -> tuple[str, ...]:
        """The meanings of the words that the text holds, in the table's order."""
        folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
        found = {
            meaning
            for match in self._pattern.finditer(folded)
            for meaning in self._of_word[_plain(match[0])]
        }
        return tuple(one for one in self._meanings if one in found)


def _one(word: str) -> str:
    if word.isascii():
        return rf"(?<![a-z]){re.escape(word)}(?![a-z])"
    return r" ?".join(map(re.escape, word))


def _plain(words: str) -> str:
    return words if words.isascii() else words.replace(" ", "")
