"""The SQL keyword LIKE, matched here since what it searches is sealed."""


def like(text: str, pattern: str) -> bool:
    """Tell whether `text` matches `pattern`: `%` is any string, `_` any character.

    Takes at most the product of both lengths in steps, whatever the pattern.
    """
    at = star = anchor = 0
    position = 0
    seen = False
    while at < len(text):
        if position < len(pattern) and pattern[position] == "%":
            seen, star, anchor = True, position, at
            position += 1
        elif position < len(pattern) and pattern[position] in ("_", text[at]):
            position, at = position + 1, at + 1
        elif seen:
            # The last `%` swallows one character more.
            anchor += 1
            position, at = star + 1, anchor
        else:
            return False
    return not pattern[position:].strip("%")
