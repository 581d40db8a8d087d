"""What people type when they look for a name: initials (ㅍㄹㄷ), syllables still being typed."""

from typing import Final

_SYLLABLE: Final = ord("가")
_PER_INITIAL: Final = 588
_FINALS: Final = 28
_INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"


def is_like(typed: str, name: str) -> bool:
    """Whether what was typed stands somewhere in a name; blanks and capitals do not count.

    An initial means every syllable that begins with it, and the last syllable, without a final
    consonant, every one that it may yet become.
    """
    asked, told = _plain(typed), _plain(name)
    return any(
        all(
            _begins(one, told[at + place], open_end=place == len(asked) - 1)
            for place, one in enumerate(asked)
        )
        for at in range(len(told) - len(asked) + 1)
    )


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _begins(typed: str, letter: str, *, open_end: bool) -> bool:
    if typed == letter:
        return True
    if not "가" <= letter <= "힣":
        return False
    place = ord(letter) - _SYLLABLE
    if typed in _INITIALS:
        return _INITIALS[place // _PER_INITIAL] == typed
    return open_end and "가" <= typed <= "힣" and _may_become(ord(typed) - _SYLLABLE, place)


def _may_become(typed: int, place: int) -> bool:
    return typed % _FINALS == 0 and typed // _FINALS == place // _FINALS
