"""Who an institution is on a day. One indexed query each and no cache: a suspension holds at once.

`on` is a day of Korea's calendar, or a moment: whether an institution takes part is then said of
that very second, as it must be wherever access is given; of a day it is said as the day ends.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q

from naru.directory import models
from naru.domain.institution import Institution, InstitutionKind, Stop, Stopped
from naru.domain.korea import korean_day, midnight
from naru.domain.provider import AssertionProvider, SignerKind, TokenClient, TrustedSigner
from naru.storage.columns import uuid_of

if TYPE_CHECKING:
    from django.db.models import QuerySet


class System(StrEnum):
    """What kind of name an institution has on the wire."""

    OID = "oid"
    CODE = "code"  # 요양기관기호.
    CERTIFICATE = "certificate"  # SHA-256 of the DER, as lower-case hex.
    TEST_CERTIFICATE = "test-certificate"  # The same; it opens no door.


_LAST = timedelta(days=1) - timedelta(microseconds=1)
_IN_FORCE = "{0}.valid_from <= %(on)s AND ({0}.valid_to IS NULL OR {0}.valid_to > %(on)s)"
_STANDS = """COALESCE((SELECT standing.approved FROM directory_standing standing
    WHERE standing.institution_id = {0}.id AND standing.since <= %(at)s
    ORDER BY standing.since DESC, standing.id DESC LIMIT 1), %(never)s)"""
# A member takes part through its hub: while that one is suspended, it does not.
_INSTITUTION = f"""
SELECT institution.key, institution.name, institution.kind, oid.value, code.value, hub.key,
  {_STANDS.format("institution")} AND (hub.id IS NULL OR {_STANDS.format("hub")})
FROM directory_institution institution
LEFT JOIN directory_institution hub ON hub.id = institution.hub_id
LEFT JOIN directory_designation oid ON oid.institution_id = institution.id
  AND oid.system = 'oid' AND {_IN_FORCE.format("oid")}
LEFT JOIN directory_designation code ON code.institution_id = institution.id
  AND code.system = 'code' AND {_IN_FORCE.format("code")}
"""  # noqa: S608  # Only constants of this module are put together.
_DESIGNATED = f"""{_INSTITUTION}
JOIN directory_designation named ON named.institution_id = institution.id
WHERE named.system = %(system)s AND {_IN_FORCE.format("named")}
"""
_NAMED = f"{_DESIGNATED} AND named.value = %(value)s"


def by_id(institution: UUID, *, on: date) -> Institution | None:
    """The institution of this key."""
    key = institution if connection.features.has_native_uuid_field else institution.hex
    return _one(f"{_INSTITUTION} WHERE institution.key = %(key)s", on, key=key)


def by_oid(oid: str, *, on: date) -> Institution | None:
    """Whose OID this was on that day."""
    return _one(_NAMED, on, system=System.OID.value, value=oid)


def by_arc(oid: str, *, on: date) -> Institution | None:
    """The institution under whose OID this one stands, or whose it is: the nearest above it."""
    arcs = {f"arc{n}": arc for n, arc in enumerate((oid, *arcs_above(oid)))}
    named = ", ".join(f"%({name})s" for name in arcs)
    nearest = f"{_DESIGNATED} AND named.value IN ({named}) ORDER BY LENGTH(named.value) DESC"
    return _one(nearest, on, system=System.OID.value, **arcs)


def arcs_above(oid: str) -> tuple[str, ...]:
    """Every arc above an OID, the nearest first."""
    parts = oid.split(".")
    return tuple(".".join(parts[:n]) for n in range(len(parts) - 1, 0, -1))


def by_code(code: str, *, on: date) -> Institution | None:
    """Whose 요양기관기호 this was on that day: give a document's own date for an old document."""
    return _one(_NAMED, on, system=System.CODE.value, value=code)


def by_fingerprint(fingerprint: str, *, on: date) -> Institution | None:
    """Whose certificate this is, unless it is revoked on that day."""
    value = normal_fingerprint(fingerprint)
    return _one(_NAMED, on, system=System.CERTIFICATE.value, value=value)


def all_institutions(*, on: date) -> tuple[Institution, ...]:
    """Every institution, the suspended too, by name."""
    return _many(f"{_INSTITUTION} ORDER BY institution.name, institution.id", on)


def spokes(hub: UUID, *, on: date) -> tuple[Institution, ...]:
    """The 협력의료기관 of a hub, by name."""
    return tuple(one for one in all_institutions(on=on) if one.hub == hub)


def candidates() -> frozenset[UUID]:
    """Who has never taken part yet: recruited, and not admitted."""
    rows = models.Institution.objects.filter(standing=None)
    return frozenset(rows.values_list("key", flat=True))


def is_admitted(institution: UUID, *, on: date) -> bool:
    """Whether the institution takes part on that day; false for one that is not known."""
    found = by_id(institution, on=on)
    return found is not None and found.approved


def stopped(institutions: Sequence[UUID], *, on: datetime) -> Mapping[UUID, Stopped]:
    """Those of the institutions that are themselves suspended at that moment, and why."""
    newest: dict[UUID, Stopped | None] = {}
    rows = models.Standing.objects.filter(institution__key__in=institutions, since__lte=on)
    for key, approved, since, reason in rows.order_by("since", "id").values_list(
        "institution__key", "approved", "since", "reason"
    ):
        stop = Stop(reason) if reason else None
        newest[key] = None if approved else Stopped(since=since, reason=stop)
    return {key: one for key, one in newest.items() if one is not None}


def assertion_providers(*, on: date, issuer: str | None = None) -> tuple[AssertionProvider, ...]:
    """Whose assertions are believed on that day, under one name or all; one each."""
    rows = _signers(on).filter(kind=SignerKind.ASSERTION_PROVIDER)
    if issuer is not None:
        rows = rows.filter(issuer=issuer)
    found: dict[tuple[str, str], AssertionProvider] = {}
    columns = ("issuer", "fingerprint", "certificate", "institution__key", "valid_from", "valid_to")
    for name, fingerprint, certificate, institution, since, until in rows.values_list(*columns):
        known = found.get((name, fingerprint))
        known_for = known.institutions if known else frozenset()
        found[name, fingerprint] = AssertionProvider(
            issuer=name,
            certificate=bytes(certificate),
            fingerprint=fingerprint,
            institutions=known_for | ({institution} if institution else set()),
            everywhere=institution is None or (known is not None and known.everywhere),
            valid_from=since,
            valid_to=until,
        )
    return tuple(found.values())


def token_clients(name: str, *, on: date) -> tuple[TokenClient, ...]:
    """Who asks for tokens under this client_id on that day."""
    columns = ("issuer", "fingerprint", "certificate", "institution__key")
    rows = _signers(on).filter(kind=SignerKind.CLIENT, issuer=name)
    return tuple(
        TokenClient(
            name=issuer,
            certificate=bytes(certificate),
            fingerprint=fingerprint,
            institution=institution,
        )
        for issuer, fingerprint, certificate, institution in rows.values_list(*columns)
    )


def trusted_signers(*, on: date) -> tuple[TrustedSigner, ...]:
    """Every certificate that is trusted on that day, for whatever; in the order of their trust."""
    rows = (
        _signers(on)
        .order_by()
        .values_list("issuer", "fingerprint", "kind", "valid_to")
        .annotate(institutions=Count("institution_id"), first=Min("id"))
        .order_by("first")
    )
    return tuple(
        TrustedSigner(
            name=name,
            fingerprint=fingerprint,
            kind=SignerKind(kind),
            institutions=institutions,
            valid_to=until,
        )
        for name, fingerprint, kind, until, institutions, _first in rows
    )


def normal_fingerprint(fingerprint: str) -> str:
    """A fingerprint without the colons and capitals in which tools print it."""
    return fingerprint.replace(":", "").lower()


def day_of(on: date) -> date:
    """The day in Korea of a day or of a moment."""
    return korean_day(on) if isinstance(on, datetime) else on


def moment_of(on: date) -> datetime:
    """The moment itself, or the last of a day."""
    return on if isinstance(on, datetime) else midnight(on) + _LAST


def _signers(on: date) -> "QuerySet[models.Provider]":
    in_force = Q(valid_to=None) | Q(valid_to__gt=on)
    return models.Provider.objects.filter(in_force, valid_from__lte=on).order_by("id")


def _one(sql: str, on: date, **parameters: str | UUID) -> Institution | None:
    found = _many(sql, on, **parameters)
    return found[0] if found else None


def _many(sql: str, on: date, **parameters: str | UUID) -> tuple[Institution, ...]:
    day = connection.ops.adapt_datefield_value(day_of(on))
    at = connection.ops.adapt_datetimefield_value(moment_of(on))
    with connection.cursor() as cursor:
        cursor.execute(sql, {"on": day, "at": at, "never": False, **parameters})
        rows = cursor.fetchall()
    return tuple(
        Institution(
            id=uuid_of(key),
            name=name,
            kind=InstitutionKind(kind),
            oid=oid,
            code=code,
            hub=uuid_of(hub) if hub else None,
            approved=bool(approved),
            valid_on=day_of(on),
        )
        for key, name, kind, oid, code, hub, approved in rows
    )
