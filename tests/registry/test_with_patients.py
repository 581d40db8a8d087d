"""The registry beside the patients room itself, through a merge."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.db import transaction

from naru.domain.identifiers import Identifier
from naru.domain.person import Demographics, PatientRecord, PersonName
from naru.domain.registry_errors import RegistryFailure
from naru.domain.stored_query import FindDocuments, GetDocuments
from naru.domain.xds import AvailabilityStatus
from naru.patients import queries as patients
from naru.patients import services as patient_services
from naru.registry import queries, services
from naru.registry.values import PatientIndex
from tests.registry.synthetic import AUTHORITY, NOW, ORIGIN, all_permitted, entry, submission

pytestmark = pytest.mark.django_db
INDEX: PatientIndex = patients


@pytest.fixture(autouse=True)
def _affinity_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NARU", replace(settings.NARU, affinity_domains=(AUTHORITY,)))


def person(value: str, name: str) -> Identifier:
    identifier = Identifier(value, AUTHORITY)
    patient_services.add(
        PatientRecord(
            identifiers=(identifier,),
            demographics=Demographics(names=(PersonName(text=name),), birth_time="19700101"),
        ),
        now=NOW,
    )
    return identifier


def test_a_merge_joins_the_documents_and_ends_the_subsumed_id() -> None:
    survivor, subsumed = person("TEST-A", "가나다"), person("TEST-B", "라마바")
    uuids = []
    for owner in (survivor, subsumed):
        with transaction.atomic():
            kept = services.register(
                submission(owner, entry(owner)),
                origin=ORIGIN,
                now=NOW,
                patients=INDEX,
                permit=all_permitted,
            )
        uuids.append(kept.submission.entries[0].entry_uuid)
    patient_services.merge(survivor=survivor, subsumed=subsumed, now=NOW)
    for query in (
        FindDocuments(patient_id=survivor, status=tuple(AvailabilityStatus)),
        GetDocuments(entry_uuids=tuple(uuids)),
    ):
        found = queries.run(query, patients=INDEX, permit=all_permitted, leaf=True).entries
        assert [one.entry_uuid for one in found] == uuids
        assert {one.patient_id for one in found} == {survivor}
    query = FindDocuments(patient_id=subsumed, status=tuple(AvailabilityStatus))
    assert queries.run(query, patients=INDEX, permit=all_permitted, leaf=True).entries == ()
    with pytest.raises(RegistryFailure, match="XDSUnknownPatientId"), transaction.atomic():
        services.register(
            submission(subsumed, entry(subsumed)),
            origin=ORIGIN,
            now=NOW,
            patients=INDEX,
            permit=all_permitted,
        )
