"""What has a place on both sides comes back as it was; the rest is named by the translators."""

from dataclasses import replace

from hypothesis import given

from naru.domain.identifiers import Identifier
from naru.domain.xds import DocumentEntry, Folder, SubmissionSet
from naru.formats.fhir.json import from_json, to_json
from naru.formats.fhir.mhd import document_reference, folder, subjects, submission_set
from naru.formats.fhir.mhd.element import Element
from naru.formats.fhir.mhd.references import References
from tests.formats.fhir.mhd import strategies
from tests.formats.fhir.mhd.published import Patients


def sent(resource: dict) -> Element:
    """The resource as it arrives at the other side of the wire."""
    return Element(from_json(to_json(resource)), resource["resourceType"])


def subject(resource: Element) -> Identifier | None:
    return subjects.from_fhir(resource.child("subject"), resource, References(), Patients({}))


def document(entry: DocumentEntry) -> DocumentEntry:
    resource = sent(document_reference.to_fhir(entry, base="https://naru.example/fhir"))
    return document_reference.from_fhir(
        resource,
        entry_uuid=entry.entry_uuid,
        patient_id=subject(resource),
        known=References(),
    )


@given(strategies.ENTRIES)
def test_a_document_entry_comes_back(entry: DocumentEntry) -> None:
    # The Patient's identifiers are PID-3, so that the source's own id comes back there, too.
    own = f"PID-3|{entry.source_patient_id}"
    wanted = replace(entry, source_patient_info=(own, *entry.source_patient_info))
    assert document(entry) == wanted
    assert document(wanted) == wanted


@given(strategies.SUBMISSION_SETS)
def test_a_submission_set_comes_back(one: SubmissionSet) -> None:
    resource = sent(submission_set.to_fhir(one))
    found = submission_set.from_fhir(
        resource, entry_uuid=one.entry_uuid, patient_id=subject(resource), known=References()
    )
    assert found == one


@given(strategies.FOLDERS)
def test_a_folder_comes_back(one: Folder) -> None:
    resource = sent(folder.to_fhir(one))
    found = folder.from_fhir(resource, entry_uuid=one.entry_uuid, patient_id=subject(resource))
    assert found == one
