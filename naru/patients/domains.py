"""Which domains are cross-referenced, and which of them are the affinity domain's."""

from collections.abc import Iterable, Sequence

from django.conf import settings

from naru.patients.errors import NoAffinityDomain, UnknownAskedDomains
from naru.patients.models import Domain


def affinity() -> tuple[str, ...]:
    """The affinity domain's patient identification domains, ours first."""
    domains: tuple[str, ...] = settings.NARU.affinity_domains
    return domains


def ours() -> str:
    """The domain in which we give identifiers; raises `NoAffinityDomain`."""
    if not affinity():
        raise NoAffinityDomain("NARU_AFFINITY_DOMAINS names no patient identification domain.")
    return affinity()[0]


def resident_numbers() -> str:
    """The OID under which feeds send 주민등록번호, or nothing."""
    authority: str = settings.NARU.rrn_authority
    return authority


def known(oids: Iterable[str]) -> frozenset[str]:
    """Those of `oids` that are domains here."""
    wanted = set(oids)
    found = wanted & set(affinity())
    if found < wanted:
        stored = Domain.objects.filter(oid__in=wanted - found).values_list("oid", flat=True)
        found.update(stored)
    return frozenset(found)


def every() -> tuple[str, ...]:
    """All domains that are cross-referenced here."""
    stored = Domain.objects.order_by("oid").values_list("oid", flat=True)
    return tuple(dict.fromkeys((*affinity(), *stored)))


def require_asked(oids: Sequence[str]) -> None:
    """Raise `UnknownAskedDomains` with every repetition that is no domain here."""
    # ITI TF-2 3.45.4.2.3 case 5, 3.47.4.2.3 case 3: one detail for each domain not recognized.
    found = known(oids) if oids else frozenset()
    unknown = tuple(n for n, oid in enumerate(oids, start=1) if oid not in found)
    if unknown:
        raise UnknownAskedDomains(unknown)


def rows(oids: Iterable[str]) -> Iterable[Domain]:
    """Those of the domains that are stored."""
    return Domain.objects.filter(oid__in=list(oids))


def row(oid: str) -> Domain:
    """The stored domain, made at its first use."""
    return Domain.objects.get_or_create(oid=oid)[0]


def each(oids: Iterable[str]) -> dict[str, Domain]:
    """The stored domains by their OIDs, made at their first use."""
    wanted = set(oids)
    found = {one.oid: one for one in rows(wanted)}
    return found | {oid: row(oid) for oid in wanted - found.keys()}
