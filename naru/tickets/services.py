"""Opening, answering and closing tickets; the patient is told of each answer."""

from typing import Final
from uuid import UUID

from naru.audit.records import AuditedObject, RecordId
from naru.domain.caller import Role
from naru.domain.korea import korean_day
from naru.exchange.access import Access, attempting, changing
from naru.exchange.arranging import require
from naru.exchange.audit import crossings
from naru.exchange.charts import own_documents
from naru.exchange.consent.representing import sees_all
from naru.notifications.services import Recipient, notify
from naru.tickets import kept, models, queries
from naru.tickets.errors import NotTheirs, TicketClosed, WordsMissing
from naru.tickets.values import LONGEST_WORDS, About, Kind, Line

TICKET: Final = "ticket"
"""The kind of an audited object that is a ticket, with its id."""


def about_record(access: Access, patient: UUID, document: str, words: str, once: UUID) -> UUID:
    """Say that a document is wrong: its institution's records manager answers.

    Raises NotTheirs, WordsMissing.
    """
    with attempting(access):
        require(sees_all(access, patient))
        own = own_documents.of_patient(access, patient)
        found = next((one for one in own if one.entry.unique_id == document), None)
        if found is None:
            raise NotTheirs
        first = Line(who=access.caller.role, words=_words(words))
        title = found.entry.title[0].value if found.entry.title else ""
    about = About(title=title, document=document)
    role = Role.HEALTH_INFORMATION_MANAGER
    with changing(access):
        return _open(access, (Kind.RECORD, patient, found.institution, role), once, about, first)


def about_access(access: Access, patient: UUID, record: RecordId, words: str, once: UUID) -> UUID:
    """Say that one does not know of an access: its institution's privacy officer answers.

    Raises NotTheirs, WordsMissing.
    """
    with attempting(access):
        require(sees_all(access, patient))
        institution = crossings.questionable(access, patient, record)
        if institution is None:
            raise NotTheirs
        first = Line(who=access.caller.role, words=_words(words))
    with changing(access):
        crossings.question_within(access, institution, record)
        about, role = About(record=str(record)), Role.PRIVACY_OFFICER
        return _open(access, (Kind.ACCESS, patient, institution, role), once, about, first)


def of_call(access: Access, patient: UUID | None, words: str, once: UUID) -> UUID:
    """Note a call; the call centre answers. Raises WordsMissing."""
    with attempting(access):
        first = Line(who=access.caller.role, words=_words(words))
    with changing(access):
        who = (Kind.CALL, patient, None, Role.CALL_CENTRE_AGENT)
        return _open(access, who, once, About(), first)


def answer(access: Access, ticket: UUID, words: str, *, told: bool, close: bool) -> None:
    """Answer the patient, or note among those who answer; and close it if that is all.

    Raises NotTheirs, TicketClosed, WordsMissing.
    """
    with changing(access):
        row = queries.office(access).select_for_update().filter(ticket=ticket).first()
        if row is None:
            raise NotTheirs
        _note(access, row)
        if row.closed is not None:
            raise TicketClosed
        kept.add(row, Line(who=Role(row.role), words=_words(words), told=told), access.time)
        if close:
            row.closed = access.time
            row.save(update_fields=["closed"])
        if row.patient is not None and (told or close):
            key = f"{row.ticket}:{row.entries.count()}"
            _tell(access, "ticket-changed", Recipient.patient(row.patient), row, key)


def reply(access: Access, patient: UUID, ticket: UUID, words: str) -> None:
    """The patient's own word more; raises NotTheirs, TicketClosed, WordsMissing."""
    with changing(access):
        row = queries.theirs(patient).select_for_update().filter(ticket=ticket).first()
        if row is None:
            raise NotTheirs
        _note(access, row)
        if row.closed is not None:
            raise TicketClosed
        kept.add(row, Line(who=access.caller.role, words=_words(words)), access.time)


def _open(
    access: Access,
    whose: tuple[Kind, UUID | None, UUID | None, Role],
    once: UUID,
    about: About,
    first: Line,
) -> UUID:
    _kind, _patient, institution, role = whose
    row, new = kept.opened(whose, once, about, first, access.time)
    _note(access, row)
    if new and institution is not None:
        office = Recipient.at_institution(institution, role)
        _tell(access, "ticket-opened", office, row, str(row.ticket))
    return row.ticket


def _note(access: Access, row: models.Ticket) -> None:
    access.objects.append(AuditedObject(TICKET, str(row.ticket)))
    if row.patient is not None:
        access.concerns(row.patient)


def _tell(access: Access, kind: str, to: Recipient, row: models.Ticket, key: str) -> None:
    values = {"day": f"{korean_day(access.time):%Y-%m-%d}", "case": row.number}
    notify(kind, to, values, key=key)


def _words(given: str) -> str:
    words = given.strip()
    if not words or len(words) > LONGEST_WORDS or "\0" in words:
        raise WordsMissing
    return words
