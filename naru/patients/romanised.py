"""How a Hangul name may be written in Latin letters: only to find whom to compare it with.

Revised Romanization, letter by letter without the changes of sound between syllables, with the
spellings that families use for surnames (data, unverified).
"""

from functools import cache, lru_cache
from importlib.resources import files
from itertools import product
from typing import Final

import msgspec

_BASE: Final = 0xAC00
# In the order of Unicode's jamo, what is not sounded left empty.
_INITIALS: Final = "g,kk,n,d,tt,r,m,b,pp,s,ss,,j,jj,ch,k,t,p,h"
_MEDIALS: Final = "a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i"
_FINALS: Final = ",k,k,k,n,n,n,t,l,k,m,l,l,l,p,l,m,p,p,t,t,ng,t,t,k,t,p,t"
_PER_INITIAL: Final = 588
_PER_MEDIAL: Final = 28
_LONGEST: Final = 5


@cache
def _surnames() -> dict[str, tuple[str, ...]]:
    content = (files("naru.patients") / "data" / "romanised_surnames.json").read_bytes()
    data: dict[str, tuple[str, ...]] = msgspec.json.decode(
        msgspec.json.decode(content, type=dict[str, msgspec.Raw])["surnames"],
        type=dict[str, tuple[str, ...]],
    )
    return data


@lru_cache(maxsize=4096)
def forms(name: str) -> frozenset[str]:
    """Normal forms of the whole name in Latin letters, in both orders; none of another script."""
    if not 1 < len(name) <= _LONGEST or not all("가" <= one <= "힣" for one in name):
        return frozenset()
    found: set[str] = set()
    for length in (1, 2):
        family, given = name[:length], name[length:]
        spelled = _surnames().get(family)
        if spelled and given:
            letters = "".join(map(_letters, given))
            found |= {
                form
                for one, other in product(spelled, (letters,))
                for form in (one + other, other + one)
            }
    return frozenset(found)


def _letters(syllable: str) -> str:
    code = ord(syllable) - _BASE
    initial, rest = divmod(code, _PER_INITIAL)
    medial, final = divmod(rest, _PER_MEDIAL)
    parts = ((_INITIALS, initial), (_MEDIALS, medial), (_FINALS, final))
    return "".join(letters.split(",")[n] for letters, n in parts)
