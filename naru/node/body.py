"""The body of a request as it comes off the wire; what breaks on the way is the sender's fault."""

from gunicorn.http.errors import ParseException

from naru.formats.mime import MimeReason, MimeRefused, Readable


class Body:
    """`wsgi.input`, whose transport errors are refusals like those of the message itself."""

    __slots__ = ("_stream",)

    def __init__(self, stream: Readable) -> None:
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end. Raises MimeRefused."""
        try:
            return self._stream.read(size)
        # Broken chunks (RFC 9112 7.1), a reset connection, or a sender who stalls.
        except (ParseException, OSError) as error:
            raise MimeRefused(
                MimeReason.TRUNCATED, "the message's transfer was broken off"
            ) from error
