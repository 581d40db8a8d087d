"""What every interaction of the FHIR door is made of."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import msgspec

from naru.domain.scopes import Need
from naru.exchange.access import Access
from naru.exchange.identify import Bearer, ScopeInsufficient
from naru.formats.fhir import json, validation, xml
from naru.formats.fhir.json import DEFAULT, JsonLimits
from naru.formats.fhir.negotiation import Syntax, sent_in
from naru.formats.fhir.outcome import Issue, IssueType, refused
from naru.formats.fhir.parameters import Definition, Search
from naru.formats.fhir.resource import Resource
from naru.formats.fhir.search_reading import defined, read_search

LONGEST_QUERY: Final = 64 * 1024
"""Characters of a question that are recorded."""

FORM: Final = "application/x-www-form-urlencoded"


class Code(StrEnum):
    """http://hl7.org/fhir/restful-interaction, and operations."""

    CAPABILITIES = "capabilities"
    READ = "read"
    VREAD = "vread"
    UPDATE = "update"
    DELETE = "delete"
    CREATE = "create"
    SEARCH_TYPE = "search-type"
    HISTORY_INSTANCE = "history-instance"
    HISTORY_TYPE = "history-type"
    TRANSACTION = "transaction"
    BATCH = "batch"
    OPERATION = "operation"


@dataclass(slots=True, kw_only=True)
class Request:
    """One request, as far as HTTP goes, and the access record that it will leave.

    `base` is the address of the door without a slash at its end. `path` are the values of the
    pattern's `{names}`. `headers` have names in lower case.
    """

    method: str
    base: str
    target: str
    """The path below `base`, without a slash before it."""
    access: Access
    interaction: "Interaction"
    path: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    """Names and values of the URL, and of the form where a search is posted."""
    headers: Mapping[str, str] = field(default_factory=dict)
    preferences: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    syntax: Syntax = Syntax.JSON
    """In which the answer will be written."""
    bearer: Bearer | None = None
    """What the token opens, where one came."""

    def require(self, transaction: str, needs: Collection[Need]) -> None:
        """Refuse what the token does not open. Raises Refused."""
        if self.bearer is None:
            return
        try:
            self.bearer.require(transaction, needs)
        except ScopeInsufficient as refusal:
            # IUA has 401 for every token that does not do (ITI TF-2 3.72.4.3); FHIR's own
            # interactions are none of its transactions, and keep to RFC 6750 section 3.1.
            ours = transaction.startswith("FHIR ")
            raise refused(
                IssueType.FORBIDDEN if ours else IssueType.LOGIN,
                str(refusal),
                status=HTTPStatus.FORBIDDEN if ours else HTTPStatus.UNAUTHORIZED,
            ) from refusal

    @property
    def lenient(self) -> bool:
        """Whether parameters that are not answered are left out (FHIR R4 3.1.1.3)."""
        return self.preferences.get("handling") == "lenient"

    def search(self) -> Search:
        """The search parameters, by the interaction's definitions. Raises Refused."""
        definitions = defined(self.interaction.search)
        includes = self.interaction.includes
        return read_search(
            self.query,
            definitions,
            lenient=self.lenient,
            includes=includes,
            revincludes=self.interaction.revincludes,
        )

    def resource(self, *expected: str) -> Resource:
        """The resource that was sent, in either syntax, of an expected type and sound.

        Raises Refused, which names each element that is not.
        """
        found = self.sent()
        validation.check(found, *expected)
        return found

    def sent(self) -> Resource:
        """The resource that was sent, in either syntax, sound or not. Raises Refused."""
        syntax = sent_in(self.headers.get("content-type", ""))
        read = xml.from_xml if syntax is Syntax.XML else json.from_json
        return read(self.body, limits=self.interaction.limits)

    def self_link(self, search: Search) -> str:
        """The address that says what was understood of the search."""
        kind = self.target.removesuffix("/_search")
        return f"{self.base}/{kind}?{search.query}" if search.query else f"{self.base}/{kind}"

    def asks(self) -> None:
        """Record the question as we write it, the posted one like that of a URL."""
        query = f"{self.target}?{urlencode(self.query)}" if self.query else self.target
        if len(query) > LONGEST_QUERY:
            query = f"{query[:LONGEST_QUERY]} ({len(query)} characters)"
        self.access.query = query


@dataclass(frozen=True, slots=True, kw_only=True)
class Octets:
    """Content that is no resource: a document as it was registered."""

    content_type: str
    chunks: Iterable[bytes]
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer; the door writes it in the syntax that was asked for.

    `version` becomes the ETag `W/"…"`, `last_modified` an HTTP date; a GET that names the version
    in If-None-Match is answered 304.
    """

    resource: Resource | msgspec.Raw | None = None
    status: HTTPStatus = HTTPStatus.OK
    location: str | None = None
    version: str | None = None
    last_modified: str | None = None
    octets: Octets | None = None
    issues: tuple[Issue, ...] = ()
    """Told as an OperationOutcome where there is no resource."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """An interaction: `name` stands in the access record (`ITI-67`, `FHIR read`).

    `path` is a pattern below the base: `DocumentReference`, `Patient/{id}`,
    `Patient/{id}/_history/{vid}`, `Patient/$match`. A `search-type` is reached by GET and, with
    `/_search` behind it, by POST; every GET by HEAD.
    """

    name: str
    code: Code
    methods: tuple[str, ...]
    path: str
    handle: Callable[[Request], Response]
    search: tuple[Definition, ...] = ()
    includes: frozenset[str] = frozenset()
    revincludes: frozenset[str] = frozenset()
    limits: JsonLimits = DEFAULT
    """Of the body; whoever takes documents says so with `json.DOCUMENTS`."""
    definition: str = ""
    """The canonical address of an operation's OperationDefinition; of our own, below the base."""
    profiles: tuple[str, ...] = ()
    """Canonical addresses of profiles that the type keeps to."""
    also: tuple[str, ...] = ()
    """Transactions that come this way, too, and are known by what is sent."""
    conditional: bool = False
    """Answers If-None-Exist, or update and delete by a search."""
    needs: frozenset[Need] = frozenset()
    """What an operation needs of a token, where that is more than its name."""

    @property
    def type(self) -> str:
        """The resource type; empty for the whole system."""
        first = self.path.partition("/")[0]
        return first if first[:1].isupper() else ""
