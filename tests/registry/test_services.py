"""Every rule of registration, by the error that its breach raises."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Self

import pytest
from django.db import connection, transaction

from naru.domain.affinity_domain import AffinityDomain
from naru.domain.codes import Code
from naru.domain.identifiers import Identifier, is_uuid_urn, new_uuid_urn
from naru.domain.registry_errors import RegistryFailure
from naru.domain.stored_query import Found, GetAll
from naru.domain.xds import (
    AssociationType,
    AvailabilityStatus,
    DocumentEntry,
    DocumentEntryType,
    Slot,
    Submission,
    SubmissionSetStatus,
)
from naru.registry import queries, services
from naru.registry.models import Association, Entry, Package
from naru.registry.values import Registered
from tests.registry.synthetic import (
    NOW,
    ORIGIN,
    People,
    all_permitted,
    code,
    entry,
    folder,
    has_member,
    oid,
    relate,
    submission,
)

pytestmark = pytest.mark.django_db

BOTH = (AvailabilityStatus.APPROVED, AvailabilityStatus.DEPRECATED)


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def patient(people: People) -> Identifier:
    return people.add("TEST-P1")


@pytest.fixture
def register(people: People) -> Callable[[Submission], Registered]:
    def act(sent: Submission) -> Registered:
        with transaction.atomic():
            return services.register(
                sent, origin=ORIGIN, now=NOW, patients=people, permit=all_permitted
            )

    return act


def everything(people: People, patient: Identifier) -> Found:
    return queries.run(
        GetAll(
            patient_id=patient,
            entry_status=BOTH,
            submission_set_status=BOTH,
            folder_status=BOTH,
            object_types=tuple(DocumentEntryType),
        ),
        patients=people,
        permit=all_permitted,
        leaf=True,
    )


Register = Callable[[Submission], Registered]


class refused:  # noqa: N801  # Reads as a word where it is used.
    """The submission is refused with just these codes, and nothing of it is kept."""

    def __init__(self, *codes: str) -> None:
        self.codes = sorted(codes)
        self.errors: tuple[object, ...] = ()

    def __enter__(self) -> Self:
        self.before = counts()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        assert isinstance(error, RegistryFailure), error
        assert sorted(one.code for one in error.errors) == self.codes, error.errors
        assert all(one.context for one in error.errors)
        assert counts() == self.before
        self.errors = error.errors
        return True


def counts() -> tuple[int, ...]:
    return Entry.objects.count(), Package.objects.count(), Association.objects.count()


def first(registered: Registered) -> DocumentEntry:
    return registered.submission.entries[0]


# What is kept


def test_a_submission_comes_back_as_it_was_sent(
    people: People, patient: Identifier, register: Register
) -> None:
    document = entry(patient, extra=(Slot("urn:example:note", ("값", "b")),))
    sent = submission(
        patient,
        document,
        folders=[folder(patient)],
        associations=[has_member("folder", "document", uuid="joins")],
    )
    kept = register(sent).submission
    found = everything(people, patient)
    assert found.entries == kept.entries
    assert found.submission_sets == (kept.submission_set,)
    assert set(found.associations) == set(kept.associations)
    uuid = kept.entries[0].entry_uuid
    assert kept.entries[0] == replace(
        document,
        entry_uuid=uuid,
        logical_id=uuid,
        availability_status=AvailabilityStatus.APPROVED,
    )


def test_one_symbol_becomes_one_uuid_at_every_place(
    patient: Identifier, register: Register
) -> None:
    kept = register(submission(patient, entry(patient, "one"), entry(patient, "two"))).submission
    uuids = [kept.submission_set.entry_uuid, *(one.entry_uuid for one in kept.entries)]
    assert all(map(is_uuid_urn, uuids))
    assert len(set(uuids)) == 3
    assert [(one.source, one.target) for one in kept.associations] == [
        (uuids[0], uuids[1]),
        (uuids[0], uuids[2]),
    ]


def test_a_uuid_that_was_sent_is_kept(patient: Identifier, register: Register) -> None:
    uuid = new_uuid_urn()
    assert first(register(submission(patient, entry(patient, uuid)))).entry_uuid == uuid


def test_a_status_that_was_sent_is_not_looked_at(patient: Identifier, register: Register) -> None:
    sent = entry(patient, availability_status=AvailabilityStatus.DEPRECATED)
    assert first(register(submission(patient, sent))).availability_status is BOTH[0]


def test_nothing_personal_stands_open_in_the_tables(
    patient: Identifier, register: Register
) -> None:
    register(submission(patient, entry(patient, source_patient_info=("PID-5|가나다",))))
    with connection.cursor() as cursor:
        for table in ("registry_entry", "registry_package", "registry_association"):
            cursor.execute(f"SELECT * FROM {table}")
            dump = repr(cursor.fetchall())
            for secret in ("가나다", "TEST-", "진료기록", "라마바", "나루병원"):
                assert secret not in dump
                assert repr(secret.encode())[2:-1] not in dump


# The message by itself


def test_every_breach_is_told_at_once(patient: Identifier, register: Register) -> None:
    with refused("XDSRegistryMetadataError", "XDSRegistryMetadataError", "XDSUnknownPatientId"):
        stranger = Identifier("TEST-X", "2.999.1")
        register(submission(stranger, entry(stranger, creation_time="noon", language_code=None)))


@pytest.mark.parametrize(
    "attribute",
    [
        "class_code",
        "confidentiality_codes",
        "creation_time",
        "format_code",
        "hash",
        "healthcare_facility_type_code",
        "language_code",
        "mime_type",
        "practice_setting_code",
        "repository_unique_id",
        "size",
        "source_patient_id",
        "type_code",
        "unique_id",
    ],
)
def test_a_required_attribute_must_be_there(
    patient: Identifier, register: Register, attribute: str
) -> None:
    empty = {"confidentiality_codes": (), "mime_type": "", "unique_id": ""}.get(attribute)
    with refused("XDSRegistryMetadataError"):
        register(submission(patient, entry(patient, **{attribute: empty})))


@pytest.mark.parametrize(
    "attribute", ["unique_id", "source_id", "submission_time", "content_type_code"]
)
def test_a_submission_set_must_be_whole(
    patient: Identifier, register: Register, attribute: str
) -> None:
    empty = {"unique_id": "", "source_id": ""}.get(attribute)
    with refused("XDSRegistryMetadataError"):
        register(submission(patient, entry(patient), **{attribute: empty}))


@pytest.mark.parametrize("attribute", ["codes", "title", "unique_id"])
def test_a_folder_must_be_whole(patient: Identifier, register: Register, attribute: str) -> None:
    empty = "" if attribute == "unique_id" else ()
    with refused("XDSRegistryMetadataError"):
        register(submission(patient, folders=[folder(patient, **{attribute: empty})]))


@pytest.mark.parametrize(
    "changes",
    [
        {"creation_time": "2026-01-02"},
        {"creation_time": "20260102030405+0900"},
        {"service_start_time": "20261301"},
        {"service_stop_time": "x"},
        {"service_start_time": "20260103", "service_stop_time": "20260102"},
        {"unique_id": "x" * 257},
        {"hash": "not hexadecimal"},
        {"size": -1},
        {"repository_unique_id": "urn:oid:2.999.7"},
        {"extra": (Slot("note", ("a",)),)},
        {"extra": (Slot("urn:ihe:note", ("a",)),)},
        {"extra": (Slot("documentAvailability", ("Online",)),)},
        {"object_type": DocumentEntryType.ON_DEMAND},
    ],
    ids=str,
)
def test_a_badly_written_entry_is_refused(
    patient: Identifier, register: Register, changes: dict[str, object]
) -> None:
    with refused("XDSRegistryMetadataError"):
        register(submission(patient, entry(patient, **changes)))


def test_the_availability_of_a_document_is_kept_as_sent(
    patient: Identifier, register: Register
) -> None:
    said = Slot("documentAvailability", ("urn:ihe:iti:2010:DocumentAvailability:Online",))
    registered = register(submission(patient, entry(patient, extra=(said,))))
    assert registered.submission.entries[0].extra == (said,)


def test_a_service_may_stop_in_the_interval_in_which_it_started(
    patient: Identifier, register: Register
) -> None:
    register(
        submission(
            patient,
            entry(patient, service_start_time="202601021530", service_stop_time="20260102"),
        )
    )


@pytest.mark.parametrize("changes", [{"unique_id": "x"}, {"source_id": "urn:oid:2.999"}], ids=str)
def test_a_badly_written_submission_set_is_refused(
    patient: Identifier, register: Register, changes: dict[str, object]
) -> None:
    with refused("XDSRegistryMetadataError"):
        register(submission(patient, entry(patient), **changes))


def test_an_upper_case_uuid_is_refused(patient: Identifier, register: Register) -> None:
    with refused("XDSRegistryMetadataError"):
        register(
            submission(
                patient, entry(patient, new_uuid_urn().upper().replace("URN:UUID", "urn:uuid"))
            )
        )


def test_two_objects_with_one_id_are_refused(patient: Identifier, register: Register) -> None:
    whole = submission(patient, entry(patient))
    with refused("XDSRegistryMetadataError"):
        register(replace(whole, entries=(*whole.entries, entry(patient))))


def test_a_unique_id_used_twice_in_a_message_is_refused(
    patient: Identifier, register: Register
) -> None:
    shared = oid()
    with refused("XDSRegistryDuplicateUniqueIdInMessage"):
        register(
            submission(
                patient,
                entry(patient, "one", unique_id=shared),
                entry(patient, "two", unique_id=shared),
            )
        )
    with refused("XDSRegistryDuplicateUniqueIdInMessage"):
        register(submission(patient, entry(patient, unique_id=shared), unique_id=shared))


def test_a_submission_of_nothing_is_refused(patient: Identifier, register: Register) -> None:
    with refused("XDSRegistryMetadataError"):
        register(submission(patient))


def test_an_entry_that_is_no_member_is_refused(patient: Identifier, register: Register) -> None:
    whole = submission(patient, entry(patient, "one"), entry(patient, "two"))
    with refused("XDSRegistryMetadataError"):
        register(replace(whole, associations=whole.associations[:1]))


def test_a_membership_without_its_ss_hm_is_refused(patient: Identifier, register: Register) -> None:
    whole = submission(patient, entry(patient), folders=[folder(patient)])
    joins = has_member("folder", "document")
    with refused("XDSRegistryMetadataError"):
        register(replace(whole, associations=(*whole.associations, joins)))


# Codes


RESTRICTED = AffinityDomain(
    codes={"formatCode": frozenset({("format", "2.999.3")})}, mime_types=frozenset({"text/xml"})
)


@pytest.mark.parametrize(
    ("changes", "breaches"),
    [
        ({}, 0),
        ({"format_code": Code("format", "2.999.3")}, 0),  # The display name is nobody's matter.
        ({"format_code": code("other")}, 1),
        ({"format_code": Code("format", "2.999.33")}, 1),
        ({"mime_type": "application/pdf"}, 1),
    ],
    ids=str,
)
def test_codes_and_mime_types_are_those_of_the_domain(
    people: People, patient: Identifier, changes: dict[str, object], breaches: int
) -> None:
    sent = submission(patient, entry(patient, **changes))
    if breaches:
        with refused(*["XDSRegistryMetadataError"] * breaches), transaction.atomic():
            services.register(
                sent,
                origin=ORIGIN,
                now=NOW,
                patients=people,
                permit=all_permitted,
                domain=RESTRICTED,
            )
    else:
        services.register(
            sent, origin=ORIGIN, now=NOW, patients=people, permit=all_permitted, domain=RESTRICTED
        )


# Patients


def test_an_unknown_patient_is_refused_and_named_to_the_sender(register: Register) -> None:
    stranger = Identifier("TEST-X", "2.999.1")
    with refused("XDSUnknownPatientId") as outcome:
        register(submission(stranger, entry(stranger)))
    assert "TEST-X^^^&2.999.1&ISO" in str(outcome.errors)


def test_a_subsumed_patient_is_refused(
    people: People, patient: Identifier, register: Register
) -> None:
    subsumed = people.add("TEST-P2")
    people.subsume(patient, subsumed)
    with refused("XDSUnknownPatientId"):
        register(submission(subsumed, entry(subsumed)))


def test_all_objects_belong_to_one_patient(
    people: People, patient: Identifier, register: Register
) -> None:
    other = people.add("TEST-P2")
    with refused("XDSPatientIdDoesNotMatch", "XDSPatientIdDoesNotMatch"):
        register(submission(patient, entry(other), folders=[folder(other)]))


def test_another_patients_document_may_be_referred_to(
    people: People, patient: Identifier, register: Register
) -> None:
    mother = people.add("TEST-P2")
    of_mother = first(register(submission(mother, entry(mother)))).entry_uuid
    reference = has_member("set", of_mother, SubmissionSetStatus.REFERENCE)
    register(submission(patient, entry(patient), associations=[reference]))


def test_another_patients_document_joins_no_folder(
    people: People, patient: Identifier, register: Register
) -> None:
    mother = people.add("TEST-P2")
    of_mother = first(register(submission(mother, entry(mother)))).entry_uuid
    with refused("XDSPatientIdDoesNotMatch"):
        register(
            submission(
                patient,
                folders=[folder(patient)],
                associations=[has_member("folder", of_mother, uuid="joins")],
            )
        )


def test_another_patients_document_is_not_replaced(
    people: People, patient: Identifier, register: Register
) -> None:
    mother = people.add("TEST-P2")
    of_mother = first(register(submission(mother, entry(mother)))).entry_uuid
    with refused("XDSPatientIdDoesNotMatch"):
        replacement(register, patient, of_mother)


def test_a_merge_makes_two_patients_documents_relatable(
    people: People, patient: Identifier, register: Register
) -> None:
    other = people.add("TEST-P2")
    original = first(register(submission(other, entry(other)))).entry_uuid
    people.subsume(patient, other)
    replacement(register, patient, original)


# uniqueIds


def test_a_set_unique_id_is_used_once(patient: Identifier, register: Register) -> None:
    used = register(submission(patient, entry(patient))).submission.submission_set.unique_id
    with refused("XDSDuplicateUniqueIdInRegistry"):
        register(submission(patient, entry(patient), unique_id=used))
    with refused("XDSDuplicateUniqueIdInRegistry"):
        register(submission(patient, folders=[folder(patient, unique_id=used)]))


def test_a_set_takes_no_documents_unique_id(patient: Identifier, register: Register) -> None:
    used = first(register(submission(patient, entry(patient)))).unique_id
    with refused("XDSDuplicateUniqueIdInRegistry"):
        register(submission(patient, entry(patient), unique_id=used))


def test_the_same_document_may_be_registered_again(
    people: People, patient: Identifier, register: Register
) -> None:
    used = first(register(submission(patient, entry(patient)))).unique_id
    again = entry(patient, unique_id=used, hash="A" * 40)
    assert first(register(submission(patient, again))).unique_id == used
    assert len(queries.locate("2.999.7", used, patients=people)) == 2


def test_another_document_under_a_known_unique_id_is_refused(
    patient: Identifier, register: Register
) -> None:
    used = first(register(submission(patient, entry(patient)))).unique_id
    with refused("XDSNonIdenticalHash"):
        register(submission(patient, entry(patient, unique_id=used, hash="b" * 40)))
    with refused("XDSNonIdenticalSize"):
        register(submission(patient, entry(patient, unique_id=used, size=8)))
    with refused("XDSNonIdenticalHash", "XDSNonIdenticalSize"):
        register(submission(patient, entry(patient, unique_id=used, hash="b" * 40, size=8)))


def test_a_uuid_in_use_is_refused(patient: Identifier, register: Register) -> None:
    used = first(register(submission(patient, entry(patient)))).entry_uuid
    with refused("XDSRegistryMetadataError"):
        register(submission(patient, entry(patient, used)))


# Memberships


def test_a_member_that_is_nowhere_is_refused(patient: Identifier, register: Register) -> None:
    for nowhere in ("symbol", new_uuid_urn()):
        reference = has_member("set", nowhere, SubmissionSetStatus.REFERENCE)
        with refused("UnresolvedReferenceException"):
            register(submission(patient, entry(patient), associations=[reference]))


@pytest.mark.parametrize("wrong", [None, SubmissionSetStatus.REFERENCE])
def test_a_new_member_is_original(
    patient: Identifier, register: Register, wrong: SubmissionSetStatus | None
) -> None:
    whole = submission(patient, entry(patient))
    with refused("XDSRegistryMetadataError"):
        register(replace(whole, associations=(has_member("set", "document", wrong),)))


@pytest.mark.parametrize("wrong", [None, SubmissionSetStatus.ORIGINAL])
def test_a_registered_member_is_a_reference(
    patient: Identifier, register: Register, wrong: SubmissionSetStatus | None
) -> None:
    old = first(register(submission(patient, entry(patient)))).entry_uuid
    with refused("XDSRegistryMetadataError"):
        register(submission(patient, associations=[has_member("set", old, wrong)]))


def test_a_deprecated_document_is_referred_to_no_more(
    patient: Identifier, register: Register
) -> None:
    old = first(register(submission(patient, entry(patient)))).entry_uuid
    replacement(register, patient, old)
    reference = has_member("set", old, SubmissionSetStatus.REFERENCE)
    with refused("XDSRegistryDeprecatedDocumentError"):
        register(submission(patient, associations=[reference]))


def test_a_foreign_set_receives_no_member(patient: Identifier, register: Register) -> None:
    foreign = register(submission(patient, entry(patient))).submission.submission_set.entry_uuid
    # It is no member of that set, and as such no member of its own set either.
    with refused("XDSRegistryMetadataError", "XDSRegistryMetadataError"):
        register(
            submission(
                patient,
                entry(patient),
                associations=[has_member(foreign, "document", uuid="joins")],
            )
        )


def test_a_folder_holds_documents_only(patient: Identifier, register: Register) -> None:
    with refused("XDSRegistryMetadataError"):
        register(
            submission(
                patient,
                folders=[folder(patient, "f1"), folder(patient, "f2")],
                associations=[has_member("f1", "f2", uuid="joins")],
            )
        )


def test_a_foreign_folder_is_brought_by_nobody_else(
    patient: Identifier, register: Register
) -> None:
    brought = register(submission(patient, folders=[folder(patient)])).submission.folders[0]
    with refused("XDSRegistryMetadataError"):
        register(
            submission(
                patient, entry(patient), associations=[has_member("set", brought.entry_uuid)]
            )
        )


def test_a_folder_that_receives_a_member_is_updated(
    people: People, patient: Identifier, register: Register
) -> None:
    sent = folder(patient, last_update_time="1999")
    old = register(submission(patient, folders=[sent])).submission.folders[0].entry_uuid
    assert everything(people, patient).folders[0].last_update_time == "20261120030405"
    later = NOW.replace(year=2027)
    joins = has_member(old, "document", uuid="joins")
    with transaction.atomic():
        services.register(
            submission(patient, entry(patient), associations=[joins]),
            origin=ORIGIN,
            now=later,
            patients=people,
            permit=all_permitted,
        )
    assert everything(people, patient).folders[0].last_update_time == "20271120030405"


# Relationships


def replacement(
    register: Register,
    patient: Identifier,
    target: str,
    kind: str = AssociationType.RPLC,
    **changes: object,
) -> str:
    sent = submission(
        patient, entry(patient, **changes), associations=[relate("document", kind, target)]
    )
    return first(register(sent)).entry_uuid


def statuses(people: People, patient: Identifier) -> dict[str, AvailabilityStatus | None]:
    found = everything(people, patient)
    return {one.entry_uuid: one.availability_status for one in found.entries}


@pytest.mark.parametrize("kind", [AssociationType.RPLC, AssociationType.XFRM_RPLC])
def test_a_replacement_deprecates_the_original_and_what_hangs_on_it(
    people: People, patient: Identifier, register: Register, kind: AssociationType
) -> None:
    original = first(register(submission(patient, entry(patient)))).entry_uuid
    addendum = replacement(register, patient, original, AssociationType.APND)
    transformation = replacement(register, patient, original, AssociationType.XFRM)
    signature = replacement(register, patient, original, AssociationType.SIGNS)
    assert set(statuses(people, patient).values()) == {BOTH[0]}
    new = replacement(register, patient, original, kind)
    assert statuses(people, patient) == {
        original: BOTH[1],
        addendum: BOTH[1],
        transformation: BOTH[1],
        signature: BOTH[0],
        new: BOTH[0],
    }


@pytest.mark.parametrize("kind", list(AssociationType)[1:6])
def test_a_deprecated_document_takes_no_relationship(
    patient: Identifier, register: Register, kind: AssociationType
) -> None:
    original = first(register(submission(patient, entry(patient)))).entry_uuid
    replacement(register, patient, original)
    with refused("XDSRegistryDeprecatedDocumentError"):
        replacement(register, patient, original, kind)


@pytest.mark.parametrize("kind", list(AssociationType)[1:])
def test_a_target_that_is_nowhere_is_refused(
    patient: Identifier, register: Register, kind: AssociationType
) -> None:
    for nowhere in ("symbol", new_uuid_urn()):
        with refused("UnresolvedReferenceException"):
            replacement(register, patient, nowhere, kind)


@pytest.mark.parametrize(
    ("kind", "accepted"),
    [
        (AssociationType.APND, True),
        (AssociationType.XFRM, True),
        (AssociationType.SIGNS, True),
        (AssociationType.RPLC, False),
        (AssociationType.XFRM_RPLC, False),
        (AssociationType.IS_SNAPSHOT_OF, False),
    ],
)
def test_some_targets_may_come_in_the_same_submission(
    patient: Identifier, register: Register, kind: AssociationType, *, accepted: bool
) -> None:
    sent = submission(
        patient,
        entry(patient, "one"),
        entry(patient, "two"),
        associations=[relate("two", kind, "one")],
    )
    if accepted:
        register(sent)
    else:
        with refused(
            "UnresolvedReferenceException",
            *(["XDSRegistryMetadataError"] if kind is AssociationType.IS_SNAPSHOT_OF else []),
        ):
            register(sent)


def test_a_source_outside_the_submission_is_refused(
    patient: Identifier, register: Register
) -> None:
    one = first(register(submission(patient, entry(patient)))).entry_uuid
    two = first(register(submission(patient, entry(patient)))).entry_uuid
    with refused("UnresolvedReferenceException"):
        register(
            submission(
                patient,
                entry(patient),
                associations=[relate(one, AssociationType.APND, two)],
            )
        )


def test_an_unknown_type_is_refused(patient: Identifier, register: Register) -> None:
    old = first(register(submission(patient, entry(patient)))).entry_uuid
    with refused("XDSRegistryMetadataError"):
        replacement(register, patient, old, "urn:ihe:iti:2007:AssociationType:OTHER")


def test_a_transformation_takes_no_addendum_but_may_be_replaced(
    patient: Identifier, register: Register
) -> None:
    original = first(register(submission(patient, entry(patient)))).entry_uuid
    transformation = replacement(register, patient, original, AssociationType.XFRM)
    with refused("XDSRegistryMetadataError"):
        replacement(register, patient, transformation, AssociationType.APND)
    replacement(register, patient, transformation, AssociationType.RPLC)


def test_a_document_is_replaced_once_in_a_submission(
    patient: Identifier, register: Register
) -> None:
    old = first(register(submission(patient, entry(patient)))).entry_uuid
    with refused("XDSRegistryDeprecatedDocumentError"):
        register(
            submission(
                patient,
                entry(patient, "one"),
                entry(patient, "two"),
                associations=[
                    relate("one", AssociationType.RPLC, old),
                    relate("two", AssociationType.RPLC, old),
                ],
            )
        )


def test_a_snapshot_is_of_an_on_demand_document(patient: Identifier, register: Register) -> None:
    old = first(register(submission(patient, entry(patient)))).entry_uuid
    with refused("XDSRegistryMetadataError"):
        replacement(register, patient, old, AssociationType.IS_SNAPSHOT_OF)
    Entry.objects.filter(entry_uuid=old).update(object_type=Entry.ObjectType.ON_DEMAND)
    replacement(register, patient, old, AssociationType.IS_SNAPSHOT_OF)


def test_a_replacement_joins_the_folders_of_the_original(
    people: People, patient: Identifier, register: Register
) -> None:
    kept = register(
        submission(
            patient,
            entry(patient),
            folders=[folder(patient)],
            associations=[has_member("folder", "document", uuid="joins")],
        )
    ).submission
    original, holder = kept.entries[0].entry_uuid, kept.folders[0].entry_uuid
    sent = submission(
        patient, entry(patient), associations=[relate("document", AssociationType.RPLC, original)]
    )
    new = register(sent).submission
    found = everything(people, patient).associations
    members = {one.target: one for one in found if one.source == holder}
    assert members.keys() == {original, new.entries[0].entry_uuid}
    carried = members[new.entries[0].entry_uuid].entry_uuid
    assert [one.source for one in found if one.target == carried] == [new.submission_set.entry_uuid]
    # Where the submission itself puts the replacement there, nothing is added.
    again = register(
        submission(
            patient,
            entry(patient),
            associations=[
                relate("document", AssociationType.RPLC, new.entries[0].entry_uuid),
                has_member(holder, "document", uuid="joins"),
            ],
        )
    ).submission
    assert len([one for one in again.associations if one.source == holder]) == 1


def test_nothing_is_registered_outside_a_transaction(
    people: People, patient: Identifier, transactional_db: None
) -> None:
    with pytest.raises(AssertionError):
        services.register(
            submission(patient, entry(patient)),
            origin=ORIGIN,
            now=NOW,
            patients=people,
            permit=all_permitted,
        )


@pytest.fixture(autouse=True)
def _in_a_transaction(request: pytest.FixtureRequest) -> Iterator[None]:
    """Services are called inside a transaction, as the exchange does."""
    if "transactional_db" in request.fixturenames:
        yield
        return
    request.getfixturevalue("db")
    with transaction.atomic():
        yield
