"""The published MHD examples, attribute by attribute."""

from pathlib import Path

import pytest

from naru.domain.codes import Code, LocalizedString
from naru.domain.registry_errors import RegistryFailure
from naru.domain.xds import (
    AssociationType,
    Author,
    AvailabilityStatus,
    DocumentEntry,
    Folder,
    SubmissionSet,
    SubmissionSetStatus,
)
from naru.formats.ebxml import attribute_forms
from naru.formats.fhir.mhd import document_reference, folder, provide_bundle, submission_set
from naru.formats.fhir.mhd.bundle_entries import Made
from naru.formats.fhir.mhd.element import Element
from naru.formats.fhir.mhd.provide_bundle import Provided
from naru.formats.fhir.mhd.references import References
from tests.formats.fhir.mhd.published import BASE, BUNDLES, PATIENT, Patients, example, held

LOINC, SNOMED = "2.16.840.1.113883.6.1", "2.16.840.1.113883.6.96"
CONFIDENTIALITY, ACT = "2.16.840.1.113883.5.25", "2.16.840.1.113883.5.4"
FORMAT = Code("urn:ihe:iti:xds-sd:text:2008", "1.3.6.1.4.1.19376.1.2.3")
HELLO = "0a4d55a8d778e5022fab701977c5d840bbc486d0"  # SHA-1 of "Hello World".


def provided(cases: Path, name: str) -> Provided:
    return provide_bundle.from_fhir(example(cases, name), base=BASE, patients=Patients(), held=held)


@pytest.mark.parametrize("name", BUNDLES)
def test_a_published_bundle_is_a_submission_in_good_form(cases: Path, name: str) -> None:
    found = provided(cases, name)
    attribute_forms.check(found.submission)
    assert len(found.entries) == len(example(cases, name)["entry"])
    assert set(found.documents) == {one.entry_uuid for one in found.submission.entries}


def test_the_complete_bundle_attribute_by_attribute(cases: Path) -> None:
    found = provided(cases, "Bundle-ex-comprehensiveProvideDocumentBundleComplete")
    sent, (entry,), (made,) = (
        found.submission.submission_set,
        found.submission.entries,
        found.submission.folders,
    )
    assert sent == SubmissionSet(
        entry_uuid=sent.entry_uuid,
        unique_id="1.2.840.113556.1.8000.2554.58783.21864.3474.19410.44358.58254.41281.46349",
        patient_id=PATIENT,
        source_id="1.2.3.4",
        intended_recipients=("|^JohnMoehrke@gmail.com|^^Internet^JohnMoehrke@gmail.com",),
        content_type_code=Code("225728007", SNOMED),
        availability_status=AvailabilityStatus.APPROVED,
        title=(LocalizedString("Hello World SubmissionSet"),),
        submission_time="20041026045050",
        authors=(
            Author(institutions=("my Hospital",), telecommunications=("^^Internet^iti@ihe.net",)),
        ),
        comments=(LocalizedString("Comments about Hello World SubmissionSet"),),
    )
    assert entry == DocumentEntry(
        entry_uuid=entry.entry_uuid,
        unique_id="1.2.840.113556.1.8000.2554.53432.348.12973.17740.34205.4355.50220.62012",
        patient_id=PATIENT,
        # The sender's own id is within a URL, which XDS cannot write there.
        source_patient_id=PATIENT,
        source_patient_info=(
            "PID-3|mrn-1234^^^&http://example.org/patients&URI",
            "PID-5|Schmidt^Dee",
        ),
        availability_status=AvailabilityStatus.APPROVED,
        type_code=Code("60591-5", LOINC),
        class_code=Code("11369-6", LOINC),
        authors=(
            Author(institutions=("my Hospital",)),
            Author(telecommunications=("^^Internet^iti@ihe.net",)),
        ),
        legal_authenticator="^my Hospital",
        comments=(LocalizedString("a complete comprehensive metadata document reference"),),
        confidentiality_codes=(Code("R", CONFIDENTIALITY),),
        mime_type="text/plain",
        language_code="en",
        size=11,
        hash=HELLO,
        title=(LocalizedString("Hello World"),),
        creation_time="20200202045050",
        format_code=FORMAT,
        event_codes=(Code("PATDOC", ACT),),
        service_start_time="19900202045050",
        service_stop_time="20200202045050",
        healthcare_facility_type_code=Code("82242000", SNOMED),
        practice_setting_code=Code("408467006", SNOMED),
        reference_ids=(
            "urn:uuid:7d5bb8ac-68ee-4926-85e7-baaaaaaaaaad^^^^urn:ihe:iti:xds:2013:uniqueId",
        ),
    )
    assert made == Folder(
        entry_uuid=made.entry_uuid,
        unique_id="1.2.840.113556.1.8000.2554.58783.21864.3474.19410.44358.58254.41281.46350",
        patient_id=PATIENT,
        codes=(Code("225728007", SNOMED), Code("284548004", SNOMED)),
        availability_status=AvailabilityStatus.APPROVED,
        title=(LocalizedString("Example Folder with comprehensive metadata"),),
        last_update_time="20041226045050",
        comments=(LocalizedString("Folder for submission"),),
    )
    assert found.documents == {entry.entry_uuid: "SGVsbG8gV29ybGQ="}
    assert [one.made for one in found.entries] == [
        Made.SUBMISSION_SET,
        Made.DOCUMENT,
        Made.FOLDER,
        Made.BINARY,
    ]


def test_the_complete_bundles_associations(cases: Path) -> None:
    found = provided(cases, "Bundle-ex-comprehensiveProvideDocumentBundleComplete").submission
    own, entry, made = (
        found.submission_set.entry_uuid,
        found.entries[0].entry_uuid,
        found.folders[0].entry_uuid,
    )
    in_folder = next(one for one in found.associations if one.source == made)
    assert {
        (one.type, one.source, one.target, one.submission_set_status) for one in found.associations
    } == {
        (AssociationType.HAS_MEMBER, own, entry, SubmissionSetStatus.ORIGINAL),
        (AssociationType.HAS_MEMBER, own, made, SubmissionSetStatus.ORIGINAL),
        (AssociationType.HAS_MEMBER, made, entry, None),
        (AssociationType.HAS_MEMBER, own, in_folder.entry_uuid, SubmissionSetStatus.ORIGINAL),
        (
            AssociationType.APND,
            entry,
            "urn:uuid:0c287d32-01e3-4d87-9953-9fc594076e3c",
            None,
        ),
    }


def test_the_replacing_bundle_supersedes_what_it_replaces(cases: Path) -> None:
    name = "Bundle-ex-comprehensiveProvideDocumentBundleReplace"
    found = provided(cases, name)
    (entry,) = found.submission.entries
    old = "urn:uuid:7d5bb8ac-68ee-4926-85e7-b8aac8e1f09d"
    assert [
        (one.source, one.target)
        for one in found.submission.associations
        if one.type.endswith("RPLC")
    ] == [(entry.entry_uuid, old)]
    assert [(one.made, one.uuid) for one in found.entries][1] == (Made.SUPERSEDED, old)

    bundle = example(cases, name)
    del bundle["entry"][2]["resource"]["relatesTo"]
    with pytest.raises(RegistryFailure) as refusal:
        provide_bundle.from_fhir(bundle, base=BASE, patients=Patients())
    assert refusal.value.errors[0].location == "Bundle.entry[1].resource"


def test_references_that_lead_nowhere_are_refused_with_their_place(cases: Path) -> None:
    bundle = example(cases, "Bundle-ex-unContainedComprehensiveProvideDocumentBundleComplete")
    with pytest.raises(RegistryFailure) as refusal:
        provide_bundle.from_fhir(bundle, base=BASE, patients=Patients())
    (error,) = refusal.value.errors
    assert error.location == "Bundle.entry[0].resource.extension[2].valueReference"


@pytest.mark.parametrize(
    "name",
    [
        "DocumentReference-ex-DocumentReferenceComprehensive",
        "DocumentReference-ex-DocumentReferenceComprehensiveWithBinary",
        "DocumentReference-ex-DocumentReferenceComprehensiveDelayedAssembly",
        "DocumentReference-ex-DocumentReferenceComprehensiveOnDemand",
        "DocumentReference-ex-DocumentReferenceUnContainedFully",
        "DocumentReference-ex-DocumentReferenceMinimal",
    ],
)
def test_a_published_document_reference_comes_back(cases: Path, name: str) -> None:
    known = References(BASE, held)
    resource = Element(example(cases, name), "DocumentReference")
    uuid = "urn:uuid:7d5bb8ac-68ee-4926-85e7-b8aac8e1f09d"
    entry = document_reference.from_fhir(resource, entry_uuid=uuid, patient_id=PATIENT, known=known)
    written = document_reference.to_fhir(entry, base=BASE, patient="ex-patient")

    again = document_reference.from_fhir(
        Element(written, "DocumentReference"), entry_uuid=uuid, patient_id=PATIENT, known=known
    )

    assert document_reference.to_fhir(again, base=BASE, patient="ex-patient") == written
    for element in ("masterIdentifier", "status", "type", "category", "description"):
        sent = dict(resource.value.get(element) or {}) if element == "masterIdentifier" else None
        if sent:
            assert written[element] == {"use": "usual", **sent}
        else:
            assert written.get(element) == resource.value.get(element)
    assert written.get("securityLabel") == resource.value.get("securityLabel")


@pytest.mark.parametrize(
    "name",
    [
        "List-ex-compSubmissionSetList",
        "List-ex-compSubmissionSetFullUnContained",
        "List-ex-minimalSubmissionSet",
        "List-ex-compEmailPackage",
    ],
)
def test_a_published_submission_set_comes_back(cases: Path, name: str) -> None:
    known = References(BASE, held)
    resource = Element(example(cases, name), "List")
    uuid = "urn:uuid:40b3366f-7e4b-4d02-bbac-901aaa8d7183"
    found = submission_set.from_fhir(resource, entry_uuid=uuid, patient_id=PATIENT, known=known)
    written = Element(submission_set.to_fhir(found, patient="ex-patient"), "List")
    again = submission_set.from_fhir(written, entry_uuid=uuid, patient_id=PATIENT, known=known)
    assert again == found
    for element in ("status", "mode", "title", "code", "note"):
        assert written.value.get(element) == resource.value.get(element), element


@pytest.mark.parametrize("name", ["List-ex-compFolder", "List-ex-minimalFolder"])
def test_a_published_folder_comes_back(cases: Path, name: str) -> None:
    resource = Element(example(cases, name), "List")
    uuid = "urn:uuid:5e2d58a3-2286-4a0e-8637-86f51be2d184"
    found = folder.from_fhir(resource, entry_uuid=uuid, patient_id=PATIENT)
    written = Element(folder.to_fhir(found, patient="ex-patient"), "List")
    assert folder.from_fhir(written, entry_uuid=uuid, patient_id=PATIENT) == found
    for element in ("status", "mode", "title", "code", "extension"):
        assert written.value.get(element) == resource.value.get(element), element
