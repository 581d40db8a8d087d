"""Writing elements of `urn:hl7-org:v3` as text."""

from naru.formats.xml import escape


def attributes(**values: str | int | None) -> str:
    """The attributes that have a value, each with a space before it."""
    return "".join(
        f' {name}="{escape(str(value))}"' for name, value in values.items() if value is not None
    )


def value(name: str, content: str | int | None) -> str:
    """An element with an attribute `value`; nothing where there is none."""
    return f"<{name}{attributes(value=content)}/>" if content is not None else ""


def flag(name: str, content: bool | None) -> str:  # noqa: FBT001  # BL is the standard's type.
    """A BL; nothing where nothing is known."""
    return value(name, None if content is None else str(content).lower())


def code(name: str, content: str | None, system: str | None = None) -> str:
    """An element with an attribute `code`; nothing where there is none."""
    return f"<{name}{attributes(code=content, codeSystem=system)}/>" if content is not None else ""


def text(name: str, content: str | None) -> str:
    """An element with text; nothing where there is none."""
    return f"<{name}>{escape(content)}</{name}>" if content else ""
