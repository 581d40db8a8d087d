"""A shown document as a file that stands alone: with its style inside, a policy against more."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib import resources

from naru.formats.cda.show.html import article
from naru.formats.cda.show.shown import Shown
from naru.formats.xml.escape import escape_lossy


def page(shown: Shown) -> bytes:
    """The whole page. Wherever it is opened, a browser loads and carries out nothing for it."""
    style = _style()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return (
        f'<!doctype html>\n<html lang="{shown.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; '
        f"img-src data:; style-src &#39;sha256-{digest}&#39;; base-uri &#39;none&#39;; "
        'form-action &#39;none&#39;">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape_lossy(shown.head.title)}</title>\n<style>{style}</style>\n</head>\n"
        f"<body>\n<main>{article(shown)}</main>\n</body>\n</html>\n"
    ).encode()


@cache
def _style() -> str:
    here = resources.files(__package__)
    parts = (here / "data/page.css", here / "static/cda/document.css")
    return "".join(part.read_text("utf-8") for part in parts)
