"""Two submissions at once: one wins, and the other is told why."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from naru.domain.identifiers import Identifier
from naru.domain.registry_errors import RegistryFailure
from naru.domain.xds import AssociationType, Submission
from naru.registry import services
from naru.registry.models import Entry, Package, Status
from tests.registry.synthetic import (
    NOW,
    ORIGIN,
    People,
    all_permitted,
    entry,
    oid,
    relate,
    submission,
)

pytestmark = pytest.mark.django_db(transaction=True)

RACERS = 4


def race(people: People, make: Callable[[int], Submission]) -> list[str]:
    """The error codes of all who ran at once; an empty text for each who won."""
    outcomes: list[str] = []
    start = threading.Barrier(RACERS)

    def run(number: int) -> None:
        sent = make(number)
        start.wait(10)
        try:
            with transaction.atomic():
                services.register(
                    sent, origin=ORIGIN, now=NOW, patients=people, permit=all_permitted
                )
            outcomes.append("")
        except RegistryFailure as failure:
            outcomes.append(str(failure))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def patient(people: People) -> Identifier:
    return people.add("TEST-P1")


def test_one_of_several_replacements_wins(people: People, patient: Identifier) -> None:
    with transaction.atomic():
        kept = services.register(
            submission(patient, entry(patient)),
            origin=ORIGIN,
            now=NOW,
            patients=people,
            permit=all_permitted,
        ).submission
    target = kept.entries[0].entry_uuid
    outcomes = race(
        people,
        lambda _: submission(
            patient, entry(patient), associations=[relate("document", AssociationType.RPLC, target)]
        ),
    )
    assert outcomes == ["", *["XDSRegistryDeprecatedDocumentError"] * (RACERS - 1)]
    assert Entry.objects.filter(status=Status.APPROVED).count() == 1
    assert Entry.objects.count() == 2


def test_one_of_several_sets_with_one_unique_id_wins(people: People, patient: Identifier) -> None:
    shared = oid()
    outcomes = race(people, lambda _: submission(patient, entry(patient), unique_id=shared))
    assert outcomes == ["", *["XDSDuplicateUniqueIdInRegistry"] * (RACERS - 1)]
    assert Package.objects.count() == 1


def test_one_of_several_documents_with_one_unique_id_wins(
    people: People, patient: Identifier
) -> None:
    shared = oid()
    outcomes = race(
        people,
        lambda number: submission(patient, entry(patient, unique_id=shared, hash=f"{number:040x}")),
    )
    assert outcomes == ["", *["XDSNonIdenticalHash"] * (RACERS - 1)]
    assert Entry.objects.count() == 1


def test_identical_documents_under_one_unique_id_all_win(
    people: People, patient: Identifier
) -> None:
    shared = oid()
    outcomes = race(people, lambda _: submission(patient, entry(patient, unique_id=shared)))
    assert outcomes == [""] * RACERS
    assert Entry.objects.count() == RACERS
