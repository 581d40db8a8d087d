"""Every object goes to ebXML and comes back the same; what is malformed is refused by name."""

from dataclasses import replace

import pytest
from hypothesis import given
from lxml import etree
from lxml.etree import _Element

from naru.domain.registry_errors import ErrorCode, RegistryFailure
from naru.domain.xds import (
    Association,
    AvailabilityStatus,
    DocumentEntry,
    Folder,
    Submission,
    SubmissionSet,
)
from naru.formats.ebxml import association, document_entry, folder, submission_set, submit_objects
from naru.formats.ebxml.namespaces import RIM
from naru.formats.ebxml.text import composed_ids

from .strategies import ASSOCIATIONS, ENTRIES, FOLDERS, SUBMISSION_SETS, SUBMISSIONS

UUID = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"


def element(text: str) -> _Element:
    return etree.fromstring(f'<r xmlns:rim="{RIM}">{text}</r>')[0]


@given(ENTRIES)
def test_a_document_entry_comes_back_the_same(entry: DocumentEntry) -> None:
    assert document_entry.from_ebxml(element(document_entry.to_ebxml(entry))) == entry


@given(SUBMISSION_SETS)
def test_a_submission_set_comes_back_the_same(value: SubmissionSet) -> None:
    assert submission_set.from_ebxml(element(submission_set.to_ebxml(value))) == value


@given(FOLDERS)
def test_a_folder_comes_back_the_same(value: Folder) -> None:
    assert folder.from_ebxml(element(folder.to_ebxml(value))) == value


@given(ASSOCIATIONS)
def test_an_association_comes_back_the_same(value: Association) -> None:
    assert association.from_ebxml(element(association.to_ebxml(value))) == value


@given(SUBMISSIONS)
def test_a_submission_comes_back_the_same(value: Submission) -> None:
    assert submit_objects.from_ebxml(etree.fromstring(submit_objects.to_ebxml(value))) == value


@given(ENTRIES)
def test_what_a_registry_holds_has_its_version_in_every_answer(entry: DocumentEntry) -> None:
    first = replace(entry, version=1, availability_status=AvailabilityStatus.APPROVED)
    assert 'VersionInfo versionName="1"' in document_entry.to_ebxml(first)
    sent = replace(first, availability_status=None)
    assert "VersionInfo" not in document_entry.to_ebxml(sent)


def test_ids_of_parts_are_the_same_in_every_answer_and_differ_from_each_other() -> None:
    ids = composed_ids(UUID)
    first, second = next(ids), next(ids)
    assert (first, second) == (
        "urn:uuid:6b5aea1a-874d-8000-a4bc-96a0a7b38446",
        "urn:uuid:6b5aea1a-874d-8001-a4bc-96a0a7b38446",
    )
    assert next(composed_ids(UUID)) == first
    assert next(composed_ids("Document01")) == "Document01.1"


CODED = (
    '<rim:Classification id="c" classifiedObject="{object}" nodeRepresentation="{code}"'
    f' classificationScheme="{document_entry.CLASS_CODE}">{{slot}}</rim:Classification>'
)
SCHEME = '<rim:Slot name="codingScheme"><rim:ValueList>{}</rim:ValueList></rim:Slot>'
VALUE = "<rim:Value>1.2</rim:Value>"
GOOD_CODE = CODED.format(object="d", code="a", slot=SCHEME.format(VALUE))


def slot(name: str, *values: str) -> str:
    listed = "".join(f"<rim:Value>{value}</rim:Value>" for value in values)
    return f'<rim:Slot name="{name}"><rim:ValueList>{listed}</rim:ValueList></rim:Slot>'


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        (CODED.format(object="d", code="a", slot=""), "classCode must carry exactly one codingSch"),
        (
            CODED.format(object="d", code="a", slot=SCHEME.format(VALUE * 2)),
            "classCode must carry exactly one codingScheme",
        ),
        (CODED.format(object="d", code="", slot=""), "classCode must carry a code"),
        (CODED.format(object="e", code="a", slot=""), "classifiedObject is another id"),
        (GOOD_CODE * 2, "classCode must have a single value"),
        (slot("size", "many"), "size must be a whole number"),
        (slot("size", "-1"), "size must be a whole number"),
        (slot("size", "٣"), "size must be a whole number"),
        (slot("hash", "a", "b"), "hash must have a single value"),
        (slot("hash", "a") + slot("hash", "b"), "has the same Slot name twice"),
        (slot("sourcePatientId", "a^^^&amp;b&amp;ISO"), "sourcePatientId must name its assigning"),
        (slot("sourcePatientId", "a^b^^&amp;1.2&amp;ISO"), "sourcePatientId must be ID^^^&OID&ISO"),
        ("<rim:RegistryObjectList/>", "must not hold a RegistryObjectList"),
        ("", "uniqueId must be present"),
    ],
)
def test_malformed_metadata_is_refused_by_the_attributes_name(inside: str, told: str) -> None:
    text = f'<rim:ExtrinsicObject id="d" objectType="{STABLE}">{inside}</rim:ExtrinsicObject>'
    with pytest.raises(RegistryFailure) as refusal:
        document_entry.from_ebxml(element(text))
    (error,) = refusal.value.errors
    assert told in error.context
    assert error.code is ErrorCode.XDSRegistryMetadataError
    assert error.location == "d"


STABLE = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"


def test_a_slot_sent_twice_with_the_same_values_has_one_meaning() -> None:
    unique = (
        f'<rim:ExternalIdentifier id="e" registryObject="d" value="1.2"'
        f' identificationScheme="{document_entry.UNIQUE_ID}"/>'
    )
    text = (
        f'<rim:ExtrinsicObject id="d" objectType="{STABLE}">'
        f"{slot('languageCode', 'ko') * 2}{unique}</rim:ExtrinsicObject>"
    )
    assert document_entry.from_ebxml(element(text)).language_code == "ko"


def submission(objects: str) -> _Element:
    return etree.fromstring(
        '<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"'
        f' xmlns:rim="{RIM}"><rim:RegistryObjectList>{objects}</rim:RegistryObjectList>'
        "</lcm:SubmitObjectsRequest>"
    )


SET = submission_set.to_ebxml(
    SubmissionSet(entry_uuid="s", unique_id="1.2", patient_id=None, source_id="1.2")
)
BARE_SET = SET.replace("classificationNode", "classificationScheme")
NODE_BESIDE = (
    f'<rim:Classification id="n" classifiedObject="s" classificationNode="{submission_set.NODE}"/>'
)


def test_the_node_may_stand_inside_the_package_or_beside_it() -> None:
    inside = submit_objects.from_ebxml(submission(SET))
    assert submit_objects.from_ebxml(submission(BARE_SET + NODE_BESIDE)) == inside


@pytest.mark.parametrize(
    ("objects", "told"),
    [
        ("", "exactly one SubmissionSet"),
        (SET + SET.replace('"s"', '"t"'), "exactly one SubmissionSet"),
        (BARE_SET, "classified as SubmissionSet or as Folder"),
        (
            SET + NODE_BESIDE.replace(submission_set.NODE, folder.NODE),
            "classified as SubmissionSet or as Folder",
        ),
        (SET + '<rim:Organization id="o"/>', "an object that XDS metadata does not know"),
        (SET + '<rim:Association id="a" sourceObject="s" targetObject="d"/>', "associationType"),
    ],
)
def test_a_submission_of_another_shape_is_refused(objects: str, told: str) -> None:
    with pytest.raises(RegistryFailure) as refusal:
        submit_objects.from_ebxml(submission(objects))
    assert told in refusal.value.errors[0].context
