"""An opened document in words, and as the files that a page hands out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from naru.domain.xds import DocumentRequest
from naru.formats.cda.errors import CdaRefused
from naru.formats.cda.show import Shown, show, show_pdf
from naru.formats.cda.show.html import article
from naru.formats.cda.show.remarks import laid
from naru.formats.pdf.errors import PaperRefused
from naru.ui.sizes import in_words
from naru.viewer.opening import Opened

_OCTETS: Final = "application/octet-stream"
_PDF: Final = "application/pdf"
_SANDBOX: Final = "sandbox; default-src 'none'"
"""What was written elsewhere is kept as a file; no browser carries it out under our name."""

_ENDINGS: Final = {"text/xml": "xml", "application/xml": "xml", "text/plain": "txt", _PDF: "pdf"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A form in which the document is handed out, and its word."""

    form: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An opened document, or the constant sentence. `article` is empty where it is no CDA."""

    opened: bool
    level: int = 1
    title: str = ""
    article: str = ""
    about: str = ""
    asked: DocumentRequest | None = None
    offers: tuple[Offer, ...] = ()


def document(opened: Opened | None, *, level: int = 1) -> Document:
    """What was opened, in words; its title is a heading of the `level` on its page."""
    if opened is None:
        return Document(opened=False, level=level)
    shown = _shown(opened)
    return Document(
        opened=True,
        level=level,
        title=shown.head.title if shown else _("문서를 열었습니다"),
        # All text of it is escaped there; its tags and attributes are a list of our own.
        article=mark_safe(_article(shown, opened, level)) if shown else "",  # noqa: S308  # See above.
        about=f"{opened.mime_type} · {in_words(opened.size)}",
        asked=opened.asked,
        offers=tuple(_offers(opened, shown)),
    )


def form_asked(request: HttpRequest) -> str:
    """As which file a document is asked for; empty where it is to be shown.

    Raises Http404 for one that there is not, before anything is opened for it.
    """
    form = request.POST.get("as", "")
    if form and form not in _FORMS:
        raise Http404
    return form


def handed_out(opened: Opened | None, form: str) -> HttpResponse:
    """The document as a file to keep. Raises Http404 where it has no such form."""
    made = _FORMS.get(form)
    if opened is None or made is None or not opened.whole:
        raise Http404
    try:
        octets, media_type, ending = made(opened)
    except (CdaRefused, PaperRefused) as refused:
        raise Http404 from refused
    name = f'attachment; filename="document.{ending}"'
    headers = {"Content-Disposition": name, "Content-Security-Policy": _SANDBOX}
    return HttpResponse(octets, content_type=media_type, headers=headers)


def _article(shown: Shown, opened: Opened, level: int) -> str:
    return article(shown, laid(shown, opened.findings), level=level)


def _offers(opened: Opened, shown: Shown | None) -> list[Offer]:
    if not opened.whole:
        return []
    offers = [Offer("original", _("원본 내려받기"))]
    if shown is not None:
        offers.append(Offer("pdf", _("PDF로 내려받기")))
    if shown is not None and shown.attachment is not None:
        offers.append(Offer("attachment", _("들어 있는 파일 내려받기")))
    return offers


def _shown(opened: Opened) -> Shown | None:
    """What a CDA says; another format is for the EMR to show."""
    try:
        return show(opened.content, language=_language())
    except CdaRefused:
        return None


def _language() -> str:
    return (get_language() or "ko").partition("-")[0]


def _original(opened: Opened) -> tuple[bytes, str, str]:
    ending = _ENDINGS.get(opened.mime_type, "bin")
    return opened.content, opened.mime_type if ending != "bin" else _OCTETS, ending


def _paper(opened: Opened) -> tuple[bytes, str, str]:
    return show_pdf(opened.content, language=_language()), _PDF, "pdf"


def _attachment(opened: Opened) -> tuple[bytes, str, str]:
    attachment = show(opened.content).attachment
    if attachment is None:
        raise CdaRefused("the document carries no file")
    pdf = attachment.octets.startswith(b"%PDF-")
    return attachment.octets, _PDF if pdf else _OCTETS, "pdf" if pdf else "bin"


_FORMS: Final[dict[str, Callable[[Opened], tuple[bytes, str, str]]]] = {
    "original": _original,
    "pdf": _paper,
    "attachment": _attachment,
}
