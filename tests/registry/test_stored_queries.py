"""Every stored query against a reference model, on drawn registries, with documents withheld."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from naru.domain import dtm
from naru.domain.identifiers import Identifier
from naru.domain.registry_errors import ErrorCode, RegistryFailure
from naru.domain.stored_query import (
    FindDocumentsByReferenceId,
    FindFolders,
    FindSubmissionSets,
    Found,
    GetAll,
    GetAssociations,
    GetDocuments,
    GetDocumentsAndAssociations,
    GetFolderAndContents,
    GetFolders,
    GetFoldersForDocument,
    GetRelatedDocuments,
    GetSubmissionSetAndContents,
    GetSubmissionSets,
    StoredQuery,
    TimeRange,
)
from naru.domain.xds import (
    Association,
    AssociationType,
    AvailabilityStatus,
    DocumentEntryType,
    Submission,
    SubmissionSetStatus,
)
from naru.registry import queries, services
from naru.registry.models import Entry
from naru.registry.values import Indexed, Permit
from tests.registry.model import Model
from tests.registry.synthetic import (
    NOW,
    ORIGIN,
    People,
    all_permitted,
    code,
    entry,
    folder,
    has_member,
    relate,
    submission,
)

pytestmark = pytest.mark.django_db

APPROVED, DEPRECATED = AvailabilityStatus.APPROVED, AvailabilityStatus.DEPRECATED
BOTH = (APPROVED, DEPRECATED)
EVERY_TYPE = tuple(DocumentEntryType)
DAY = dtm.from_datetime(NOW)[:8]
REFERENCES = (
    "1^^^&2.999.9&ISO^urn:ihe:iti:xds:2013:accession",
    "2^^^&2.999.9&ISO^urn:ihe:iti:xds:2013:order",
    "12^^^&2.999.9&ISO^urn:ihe:iti:xds:2013:order",
)


@pytest.fixture(autouse=True)
def _in_a_transaction(db: None) -> Iterator[None]:
    with transaction.atomic():
        yield


class Registry:
    """A registry that is filled as it is drawn, and its model beside it."""

    def __init__(self) -> None:
        self.people = People()
        self.patients = [self.people.add("TEST-P1"), self.people.add("TEST-P2")]
        self.model = Model()

    def register(self, sent: Submission) -> Submission:
        kept = services.register(
            sent, origin=ORIGIN, now=NOW, patients=self.people, permit=all_permitted
        ).submission
        updated = dtm.from_datetime(NOW)
        folders = tuple(replace(one, last_update_time=updated) for one in kept.folders)
        self.model.take(replace(kept, folders=folders))
        return kept

    def turn_on_demand(self, uuid: str) -> None:
        Entry.objects.filter(entry_uuid=uuid).update(object_type=2)

    def permit(self, items: Sequence[Indexed]) -> list[bool]:
        return [item.entry_uuid not in self.model.withheld for item in items]

    def run(self, query: StoredQuery, *, leaf: bool = True, permit: Permit | None = None) -> Found:
        return queries.run(query, patients=self.people, permit=permit or self.permit, leaf=leaf)


@st.composite
def registries(draw: st.DrawFn) -> Registry:
    """Some submissions: documents, folders, memberships and every relationship between them."""
    registry = Registry()
    for _ in range(draw(st.integers(1, 4))):
        patient = draw(st.sampled_from(registry.patients))
        registry.register(draw(submissions(registry.model, patient)))
    uuids = sorted(one.entry_uuid for one in registry.model.entries())
    registry.model.withheld = set(draw(st.lists(st.sampled_from(uuids), max_size=2)))
    return registry


@st.composite
def submissions(draw: st.DrawFn, model: Model, patient: Identifier) -> Submission:
    documents = [
        entry(
            patient,
            f"document-{number}",
            format_code=draw(st.sampled_from([code("one"), code("two")])),
            confidentiality_codes=draw(
                st.sampled_from([(code("N"),), (code("R"),), (code("N"), code("R"))])
            ),
            reference_ids=draw(st.lists(st.sampled_from(REFERENCES), max_size=2).map(tuple)),
        )
        for number in range(draw(st.integers(1, 2)))
    ]
    folders = [
        folder(patient, "folder", codes=draw(st.sampled_from([(code("a"),), (code("b"),)])))
    ] * draw(st.integers(0, 1))
    links: list[Association] = [has_member(one.entry_uuid, "document-0") for one in folders]
    held = [
        one
        for one in model.entries()
        if one.patient_id == patient and one.availability_status is APPROVED
    ]
    if held and draw(st.booleans()):
        kind = draw(
            st.sampled_from(["RPLC", "XFRM_RPLC", "APND", "SIGNS"])  # XFRM takes no addendum.
        )
        target = draw(st.sampled_from(held))
        links.append(relate("document-0", AssociationType[kind], target.entry_uuid))
    others = [one for one in model.entries() if one.availability_status is APPROVED]
    replaced = {one.target for one in links}
    others = [one for one in others if one.entry_uuid not in replaced]
    if others and draw(st.booleans()):
        referred = draw(st.sampled_from(others))
        links.append(has_member("set", referred.entry_uuid, SubmissionSetStatus.REFERENCE))
    return submission(patient, *documents, folders=folders, associations=links)


def asked(draw: st.DrawFn, registry: Registry) -> StoredQuery:
    """Any of the queries, about what is there or what is not."""
    model = registry.model
    documents = [*model.entries()]
    everything = sorted(model.objects)
    patient = draw(st.sampled_from(registry.patients))
    status = draw(st.sampled_from([(APPROVED,), (DEPRECATED,), BOTH]))
    some = tuple(draw(st.lists(st.sampled_from(everything), min_size=1, max_size=4)))
    document = draw(st.sampled_from(documents))
    by_document = draw(
        st.sampled_from([{"entry_uuid": document.entry_uuid}, {"unique_id": document.unique_id}])
    )
    contents = {
        "format_codes": draw(st.sampled_from([(), (code("one"),)])),
        "confidentiality_codes": draw(
            st.sampled_from([(), ((code("N"),),), ((code("N"),), (code("R"),))])
        ),
    }
    one_set = draw(st.sampled_from(model.sets()))
    one_folder = draw(st.sampled_from(model.folders() or [one_set]))
    times = draw(
        st.sampled_from([TimeRange(), TimeRange(DAY), TimeRange(None, DAY), TimeRange("2026", DAY)])
    )
    references = draw(
        st.lists(
            st.lists(st.sampled_from([*REFERENCES, "%:order", "_2^%"]), min_size=1, max_size=2).map(
                tuple
            ),
            min_size=1,
            max_size=2,
        ).map(tuple)
    )
    return draw(
        st.sampled_from(
            [
                FindDocumentsByReferenceId(
                    patient_id=patient, status=status, reference_ids=references
                ),
                FindSubmissionSets(patient_id=patient, status=status, submission_time=times),
                FindFolders(
                    patient_id=patient,
                    status=status,
                    last_update_time=times,
                    codes=draw(st.sampled_from([(), ((code("a"),),), ((code("a"), code("b")),)])),
                ),
                GetAll(
                    patient_id=patient,
                    entry_status=status,
                    submission_set_status=BOTH,
                    folder_status=BOTH,
                ),
                GetDocuments(entry_uuids=some),
                GetDocuments(unique_ids=(document.unique_id,)),
                GetFolders(entry_uuids=some),
                GetFolders(unique_ids=(one_folder.unique_id,)),
                GetAssociations(uuids=some),
                GetDocumentsAndAssociations(entry_uuids=some),
                GetSubmissionSets(uuids=some),
                GetSubmissionSetAndContents(entry_uuid=one_set.entry_uuid, **contents),
                GetSubmissionSetAndContents(unique_id=one_set.unique_id),
                GetFolderAndContents(entry_uuid=one_folder.entry_uuid, **contents),
                GetFolderAndContents(unique_id=one_folder.unique_id),
                GetFoldersForDocument(**by_document),
                GetRelatedDocuments(
                    association_types=tuple(
                        draw(st.lists(st.sampled_from(AssociationType), min_size=1, max_size=5))
                    ),
                    **by_document,
                ),
            ]
        )
    )


ONE_PATIENT_ONLY = (
    GetDocuments,
    GetFolders,
    GetDocumentsAndAssociations,
    GetSubmissionSets,
    GetSubmissionSetAndContents,
    GetFolderAndContents,
)


def patients_of(query: StoredQuery, found: Found) -> set[Identifier | None]:
    """The patients that count for XDSResultNotSinglePatient."""
    counted = found.submission_sets if isinstance(query, GetSubmissionSets) else ()
    if not isinstance(query, GetSubmissionSets):
        counted = (*found.entries, *found.submission_sets, *found.folders)  # type: ignore[assignment]
    return {one.patient_id for one in counted}


def ids(found: Found) -> list[list[str]]:
    kinds = (found.entries, found.submission_sets, found.folders, found.associations)
    return [[one.entry_uuid for one in kind] for kind in kinds]


@given(data=st.data())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_query_answers_as_the_model_does(data: st.DataObject) -> None:
    registry = data.draw(registries())
    for _ in range(8):
        query = asked(data.draw, registry)
        expected = registry.model.answer(query)
        assert ids(registry.run(query, leaf=False)) == ids(expected)
        if isinstance(query, ONE_PATIENT_ONLY) and len(patients_of(query, expected)) > 1:
            with pytest.raises(RegistryFailure) as refused:
                registry.run(query)
            assert refused.value.errors[0].code is ErrorCode.XDSResultNotSinglePatient
        else:
            assert registry.run(query) == expected
