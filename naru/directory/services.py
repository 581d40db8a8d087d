"""Changes of the directory. Each is a whole act, also within a caller's transaction.

Days are of Korea's calendar; what begins on a day holds for the whole of it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Q

from naru.directory import models
from naru.directory.errors import (
    AlreadyDesignated,
    KindFixed,
    NestedOid,
    NotAHub,
    NotLater,
    UnknownCertificate,
    UnknownInstitution,
    UnknownProvider,
)
from naru.directory.queries import System, arcs_above, normal_fingerprint
from naru.domain.institution import GIVEN_TO, Institution, InstitutionKind, Stop
from naru.domain.korea import midnight
from naru.domain.provider import SignerKind, TokenClient

if TYPE_CHECKING:
    from django.db.models import QuerySet

_TURN = 0x6E617275  # The directory's lock on PostgreSQL: one change at a time.


def admit(
    *,
    name: str,
    kind: InstitutionKind,
    on: date,
    oid: str | None = None,
    code: str | None = None,
    hub: UUID | None = None,
) -> Institution:
    """Approve a new institution from that day.

    Raises `AlreadyDesignated`, `NestedOid` or `NotAHub`.
    """
    with transaction.atomic():
        take_turn()
        row = models.Institution.objects.create(
            key=uuid4(), name=name, kind=kind, hub=_hub(hub, kind)
        )
        models.Standing.objects.create(institution=row, approved=True, since=_since(on))
        for system, value in ((System.OID, oid), (System.CODE, code)):
            if value:
                _designate(row, system, value, on)
    return Institution(
        id=row.key, name=name, kind=kind, oid=oid, code=code, hub=hub, approved=True, valid_on=on
    )


def note(*, name: str, kind: InstitutionKind, hub: UUID | None) -> UUID:
    """Know an institution that takes no part and has no number yet; its key. Raises NotAHub."""
    with transaction.atomic():
        take_turn()
        row = models.Institution.objects.create(
            key=uuid4(), name=name, kind=kind, hub=_hub(hub, kind)
        )
    return row.key


def change_kind(institution: UUID, kind: InstitutionKind) -> InstitutionKind:
    """Make an insurer of an agency, or the other way; what it was. Raises KindFixed."""
    with transaction.atomic():
        take_turn()
        row = row_of(institution)
        before = InstitutionKind(row.kind)
        if {before, kind} != GIVEN_TO:
            raise KindFixed("Only an agency becomes an insurer, or an insurer an agency.")
        row.kind = kind
        row.save(update_fields=["kind"])
    return before


def designate(institution: UUID, system: System, value: str, *, on: date) -> None:
    """Let a name mean an institution from that day. Raises AlreadyDesignated, NestedOid."""
    with transaction.atomic():
        take_turn()
        _designate(row_of(institution), system, value, on)


def change_code(institution: UUID, code: str, *, from_date: date) -> None:
    """Give an institution a new 요양기관기호; the old one still means it on earlier days."""
    change_codes({institution: code}, from_date=from_date)


def change_codes(codes: Mapping[UUID, str], *, from_date: date) -> None:
    """Change several codes on one day, so that institutions may also swap theirs.

    Raises `AlreadyDesignated` if a code is then another's, `NotLater` if a present one begins then.
    """
    _change(System.CODE, codes, from_date)


def change_oid(institution: UUID, oid: str, *, from_date: date) -> None:
    """Give an institution a new OID; the old one still means it on earlier days."""
    _change(System.OID, {institution: oid}, from_date)


def suspend(institution: UUID, *, on: date, reason: Stop | None = None) -> None:
    """Admit the institution no more, from that moment or whole day on."""
    _stand(institution, approved=False, since=on, reason=reason)


def approve(institution: UUID, *, on: date) -> None:
    """Admit a suspended institution again from that moment or day."""
    _stand(institution, approved=True, since=on)


def add_certificate(
    institution: UUID, fingerprint: str, *, from_date: date, to_date: date | None = None
) -> None:
    """Know an institution by one certificate more, until before `to_date`."""
    with transaction.atomic():
        take_turn()
        value = normal_fingerprint(fingerprint)
        _designate(row_of(institution), System.CERTIFICATE, value, from_date, to_date)


def revoke_certificate(fingerprint: str, *, on: date) -> None:
    """Know nobody by this certificate from that whole day on."""
    with transaction.atomic():
        take_turn()
        held = models.Designation.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=on),
            system=System.CERTIFICATE,
            value=normal_fingerprint(fingerprint),
        )
        if not held.update(valid_to=on):
            raise UnknownCertificate("No valid certificate has this fingerprint.")


def revoke_certificates(institution: UUID, *, on: date) -> int:
    """Know the institution by none of its certificates from that whole day on; how many ended."""
    with transaction.atomic():
        take_turn()
        return models.Designation.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=on),
            institution=row_of(institution),
            system=System.CERTIFICATE,
        ).update(valid_to=on)


def trust_provider(  # One certificate of one issuer, by its whole description.
    issuer: str,
    certificate: bytes,
    fingerprint: str,
    *,
    institution: UUID | None,
    from_date: date,
    to_date: date | None = None,
) -> None:
    """Believe what this certificate (DER) signs of an institution's people, or of all."""
    with transaction.atomic():
        take_turn()
        _end_undeclared(issuer, fingerprint, from_date)
        models.Provider.objects.create(
            issuer=issuer,
            certificate=certificate,
            fingerprint=normal_fingerprint(fingerprint),
            institution=None if institution is None else row_of(institution),
            kind=SignerKind.ASSERTION_PROVIDER,
            valid_from=from_date,
            valid_to=to_date,
        )


def trust_client(client: TokenClient, *, from_date: date, to_date: date | None = None) -> None:
    """Let this client ask in its institution's name; of the people there it says nothing."""
    with transaction.atomic():
        take_turn()
        _end_undeclared(client.name, client.fingerprint, from_date)
        models.Provider.objects.create(
            issuer=client.name,
            certificate=client.certificate,
            fingerprint=normal_fingerprint(client.fingerprint),
            institution=row_of(client.institution),
            kind=SignerKind.CLIENT,
            valid_from=from_date,
            valid_to=to_date,
        )


def distrust_provider(fingerprint: str, *, on: date) -> None:
    """Believe nothing that is signed by this certificate, whatever for, from that whole day on."""
    with transaction.atomic():
        take_turn()
        held = models.Provider.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=on), fingerprint=normal_fingerprint(fingerprint)
        )
        if not held.update(valid_to=on):
            raise UnknownProvider("Nobody is trusted by this certificate.")


def _end_undeclared(issuer: str, fingerprint: str, day: date) -> None:
    models.Provider.objects.filter(
        issuer=issuer, fingerprint=normal_fingerprint(fingerprint), kind=SignerKind.UNDECLARED
    ).update(valid_to=day)


def _change(system: System, values: Mapping[UUID, str], from_date: date) -> None:
    with transaction.atomic():
        take_turn()
        rows = {row_of(institution): value for institution, value in values.items()}
        for row in rows:
            _end(row, system, from_date)
        for row, value in rows.items():
            _designate(row, system, value, from_date)


def _end(row: models.Institution, system: System, from_date: date) -> None:
    held = models.Designation.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=from_date), institution=row, system=system
    )
    if held.filter(valid_from__gte=from_date).exists():
        raise NotLater("A change begins after what it replaces began.")
    held.update(valid_to=from_date)


def _designate(
    row: models.Institution,
    system: System,
    value: str,
    from_date: date,
    to_date: date | None = None,
) -> None:
    overlap = Q(valid_to=None) | Q(valid_to__gt=from_date)
    if to_date is not None:
        overlap &= Q(valid_from__lt=to_date)
    held = models.Designation.objects.filter(overlap, system=system)
    if held.filter(value=value).exists():
        raise AlreadyDesignated(f"This {system} is already an institution's on one of these days.")
    if system is System.OID and _is_nested(held.exclude(institution=row), value):
        raise NestedOid("This OID stands under or above another institution's.")
    models.Designation.objects.create(
        institution=row, system=system, value=value, valid_from=from_date, valid_to=to_date
    )


def _is_nested(others: "QuerySet[models.Designation]", oid: str) -> bool:
    # Numbers of patients are given under an institution's OID and the arcs below it.
    nested = Q(value__in=arcs_above(oid)) | Q(value__startswith=f"{oid}.")
    return others.filter(nested).exists()


def _stand(institution: UUID, *, approved: bool, since: date, reason: Stop | None = None) -> None:
    with transaction.atomic():
        take_turn()
        models.Standing.objects.create(
            institution=row_of(institution),
            approved=approved,
            since=_since(since),
            reason=reason or "",
        )


def _since(on: date) -> datetime:
    return on if isinstance(on, datetime) else midnight(on)


def _hub(hub: UUID | None, kind: InstitutionKind) -> models.Institution | None:
    if hub is None:
        return None
    row = row_of(hub)
    if row.kind != InstitutionKind.HUB or kind is InstitutionKind.HUB:
        raise NotAHub("Only a 거점의료기관 has 협력의료기관, and it is none itself.")
    return row


def row_of(institution: UUID) -> models.Institution:
    """The row of this key, for the modules of this room. Raises UnknownInstitution."""
    row = models.Institution.objects.filter(key=institution).first()
    if row is None:
        raise UnknownInstitution("No institution has this key.")
    return row


def take_turn() -> None:
    """Let nobody else change the directory until the transaction ends.

    On SQLite it is alone among writers; on PostgreSQL it takes the lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
