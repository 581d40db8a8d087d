"""ITI-43 Retrieve Document Set (ITI TF-2 3.43): a document, checked against its registration."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from naru.domain.registry_errors import RegistryFailure, ResponseStatus
from naru.domain.xds import DocumentEntry, DocumentRequest
from naru.formats.cda import CdaRefused, show_text
from naru.formats.ebxml import retrieve
from naru.formats.soap import Inline, SoapRefused, binary_content
from naru.link.config import LinkConfig
from naru.link.connection import Connections
from naru.link.errors import AnswerNotUnderstood, ConfigurationWrong, DocumentAltered
from naru.link.iti41_provide import refused
from naru.link.soap import CHUNK, Held, ask, kept

ACTION: Final = "urn:ihe:iti:2007:RetrieveDocumentSet"
READABLE: Final = 16 * 1024 * 1024
"""A document larger than this is saved to a file and not shown as words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievedDocument:
    """A document whose octets are those that were registered.

    A large one waits in a temporary file until it is closed; `with link.open(found) as document`.
    """

    entry: DocumentEntry
    mime_type: str
    held: Held

    @property
    def octets(self) -> bytes:
        """The whole document in memory."""
        self.held.file.seek(0)
        return self.held.file.read()

    @property
    def text(self) -> str:
        """The document as words, as far as it has any."""
        if self.held.size > READABLE:
            return "문서가 커서 글로 보일 수 없습니다. 파일로 저장하십시오.\n"
        octets = self.octets
        try:
            return show_text(octets)
        except CdaRefused:
            plain = self.mime_type.startswith("text/")
            return octets.decode("utf-8", "replace") if plain else "글로 보일 수 없는 문서입니다.\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.held.file.close()

    def save(self, file: Path) -> None:
        """Write the octets to a file."""
        self.held.file.seek(0)
        with file.open("wb") as target:
            while chunk := self.held.file.read(CHUNK):
                target.write(chunk)


def open_document(
    connections: Connections, config: LinkConfig, entry: DocumentEntry
) -> RetrievedDocument:
    """The document of an entry. Raises NodeRefused or DocumentAltered."""
    repository = entry.repository_unique_id or config.repository_oid
    if not repository:
        raise ConfigurationWrong("the entry names no repository, and exchange.repository_oid none")
    asked = DocumentRequest(
        repository_unique_id=repository,
        document_unique_id=entry.unique_id,
        home_community_id=entry.home_community_id,
    )
    body = retrieve.request_to_ebxml((asked,))
    answer = ask(connections, config.repository, ACTION, body, ())
    try:
        said = retrieve.response_from_ebxml(answer.body)
        if said.response.status is not ResponseStatus.SUCCESS:
            raise refused(said.response.errors)
        described, element = next(
            each for each in said.documents if each[0].document_unique_id == entry.unique_id
        )
        content = binary_content(element, answer.parts)
    except StopIteration:
        raise AnswerNotUnderstood("the answer does not hold the document") from None
    except (RegistryFailure, SoapRefused) as error:
        raise AnswerNotUnderstood(str(error)) from None
    held = kept(content.octets) if isinstance(content, Inline) else content.stored
    try:
        _check(entry, held)
    except DocumentAltered:
        held.file.close()
        raise
    return RetrievedDocument(entry=entry, mime_type=described.mime_type, held=held)


def _check(entry: DocumentEntry, held: Held) -> None:
    # ITI TF-3 4.2.3.2.10: hash and size are those of the octets that are retrieved.
    if entry.hash is not None and entry.hash.lower() != held.sha1:
        raise DocumentAltered("the hash is not that of the metadata")
    if entry.size is not None and entry.size != held.size:
        raise DocumentAltered("the size is not that of the metadata")
