"""Messages that others have published or recorded."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from lxml.etree import _Element

from naru.domain.identifiers import Identifier
from naru.domain.patient_messages import (
    AcknowledgementType,
    PatientAdd,
    PatientMerge,
    PatientRevise,
)
from naru.domain.patient_query import QueryResponseCode, first_page
from naru.domain.person import Gender, PersonName
from naru.formats import hl7v3
from naru.formats.hl7v3 import pdq_query
from naru.formats.hl7v3.queries import query_of
from tests.formats.hl7v3.conftest import Validate
from tests.formats.hl7v3.people import STAMP

READERS: dict[str, Callable[[_Element], object]] = {
    "PRPA_IN201301UV02": hl7v3.read_feed,
    "PRPA_IN201302UV02": hl7v3.read_feed,
    "PRPA_IN201304UV02": hl7v3.read_feed,
    "PRPA_IN201305UV02": hl7v3.read_demographics_request,
    "PRPA_IN201306UV02": hl7v3.read_demographics_response,
    "PRPA_IN201309UV02": hl7v3.read_identifier_request,
    "PRPA_IN201310UV02": hl7v3.read_identifier_response,
    "MCCI_IN000002UV01": hl7v3.read_accept_acknowledgement,
}
# What each of these lacks or breaks, and how it is refused.
WRONG = {
    "iheclient/PIXv3_FEED_MERGE_Maximal_Request.xml": (
        hl7v3.MissingElement,
        "id has no attribute root",  # The subsumed id names its domain by a word only.
    ),
    "hl7v3-validation/xsd/prpa-invalid.xml": (
        hl7v3.MissingElement,
        "the message has no controlActProcess",
    ),
    "hl7v3-validation/type-ns-wrong.xml": (hl7v3.MalformedValue, "must be an INT"),
    "hl7v3-validation/type-nons-wrong.xml": (hl7v3.MalformedValue, "must be an INT"),
}
FOLDERS = ("ipf/hl7v3", "ipf/hl7v3-validation", "ipf/hl7v3-v2-pairs", "ipf/iheclient")


@pytest.fixture(scope="session")
def ihe(cases: Path) -> Path:
    folder = cases / "ihe"
    if not folder.is_dir():
        pytest.skip("no published IHE messages among the cases")
    return folder


def message_in(path: Path) -> _Element | None:
    """The message of ours in a file, in an envelope or bare."""
    root = etree.parse(path).getroot()
    ours = (f"{{urn:hl7-org:v3}}{name}" for name in READERS)
    return next(root.iter(*ours), None)


def test_every_published_message_is_read_and_every_wrong_one_refused(ihe: Path) -> None:
    read = 0
    for path in sorted(path for folder in FOLDERS for path in (ihe / folder).rglob("*.xml")):
        message = message_in(path)
        name = path.relative_to(ihe / "ipf").as_posix()
        if message is None:
            continue
        reader = READERS[etree.QName(message).localname]
        if name in WRONG:
            refusal, words = WRONG[name]
            with pytest.raises(refusal, match=words):
                reader(message)
        else:
            reader(message)
        read += 1
    assert read >= 25


def test_a_published_feed_tells_all_that_it_holds(ihe: Path) -> None:
    path = ihe / "ipf/hl7v3-v2-pairs/pixfeed/v3/PIX_FEED_REG_Maximal_Request.xml"
    message = message_in(path)
    assert message is not None
    (act,) = hl7v3.read_feed(message).acts
    assert isinstance(act, PatientAdd)
    person = act.record.demographics
    assert [i.authority for i in act.record.identifiers] == [
        "1.3.6.1.4.1.21367.2005.1.1",
        "1.2.3.4.5.1000",
    ]
    assert person.names[0].given == ("MARY", "ROSE")
    assert person.names[1] == PersonName(birth_family="DEAN", given=("ANNE",))
    assert person.gender is Gender.FEMALE
    assert person.deceased is False
    assert person.addresses[0].lines == ("100 JORIE BLVD", "5")
    assert len(person.telecoms) == 5
    assert person.mothers_maiden_name == PersonName(family="JOHN")
    assert [i.authority for i in person.other_ids] == ["2.16.840.1.113883.4.1", "1.2.3"]


def test_a_published_revision_and_merge_are_told_apart(ihe: Path) -> None:
    folder = ihe / "ipf/hl7v3-v2-pairs/pixfeed/v3"
    revise = message_in(folder / "PIX_FEED_REV_Maximal_Request.xml")
    merge = message_in(folder / "PIX_FEED_MERGE_Maximal_Request.xml")
    assert revise is not None
    assert merge is not None
    assert isinstance(hl7v3.read_feed(revise).acts[0], PatientRevise)
    assert hl7v3.read_feed(merge).acts == (
        PatientMerge(
            survivor=Identifier("120-01", "1.2.3.4.5.1000"),
            subsumed=Identifier("120-02", "1.2.3.4.666"),
        ),
    )


def test_a_message_about_two_patients_holds_two_acts(ihe: Path) -> None:
    message = message_in(ihe / "ipf/hl7v3-validation/iti44-multipatient-request-1.xml")
    assert message is not None
    assert len(hl7v3.read_feed(message).acts) == 2


def test_the_recorded_feed_is_answered_as_in_the_recording(ihe: Path, valid: Validate) -> None:
    samples = ihe / "epd-by-example/samples"
    asked = message_in(samples / "ITI-44_request_raw.xml")
    recorded = message_in(samples / "ITI-44_response_raw.xml")
    assert asked is not None
    assert recorded is not None
    answer = hl7v3.read_accept_acknowledgement(recorded)
    ours = hl7v3.accept(hl7v3.read_feed(asked).transmission, **STAMP)
    assert ours.acknowledgement.type is answer.acknowledgement.type
    assert ours.acknowledgement.type is AcknowledgementType.COMMIT_ACCEPT
    assert ours.acknowledgement.details == answer.acknowledgement.details == ()
    text = hl7v3.write_accept_acknowledgement(ours)
    valid(text)
    # The recording writes an empty detail, which says nothing.
    assert outline(etree.fromstring(text)) == outline(recorded) - {
        "MCCI_IN000002UV01/acknowledgement/acknowledgementDetail"
    }


def test_the_recorded_query_is_answered_as_in_the_recording(ihe: Path, valid: Validate) -> None:
    samples = ihe / "epd-by-example/samples"
    asked = message_in(samples / "ITI-47_request_raw.xml")
    recorded = message_in(samples / "ITI-47_response_raw.xml")
    assert asked is not None
    assert recorded is not None
    request = hl7v3.read_demographics_request(asked)
    theirs = hl7v3.read_demographics_response(recorded)
    assert theirs.query_id == request.query_id
    assert theirs.candidates.code is QueryResponseCode.OK
    assert (theirs.candidates.total, theirs.candidates.remaining) == (1, 0)
    assert pdq_query.read_patient_query(query_of(recorded)) == request.query

    page = first_page(theirs.candidates.found, request.initial_quantity)
    ours = hl7v3.answer_candidates(request, page, **STAMP)
    assert ours.acknowledgement.type is theirs.acknowledgement.type
    assert ours.candidates == theirs.candidates
    assert ours.transmission.receiver.oid == theirs.transmission.receiver.oid
    text = hl7v3.write_demographics_response(
        ours, copy=hl7v3.copy_of_query(asked), custodian="2.999.2"
    )
    valid(text)
    assert outline(recorded) - outline(etree.fromstring(text)) == THEIRS_ALONE


_EVENT = "PRPA_IN201306UV02/controlActProcess/subject/registrationEvent"
# The recording tells the custodian's organization, splits the street from the address, and gives
# a version and an organization for a device that sent none.
THEIRS_ALONE = {
    "PRPA_IN201306UV02/versionCode",
    *(
        f"PRPA_IN201306UV02/receiver/device/asAgent{rest}"
        for rest in ("", "/representedOrganization", "/representedOrganization/id")
    ),
    *(
        f"{_EVENT}/custodian/assignedEntity/assignedOrganization{rest}"
        for rest in ("", "/name", "/name/given")
    ),
    f"{_EVENT}/subject1/patient/patientPerson/addr/streetName",
}


def outline(message: _Element) -> set[str]:
    """The paths of all elements, whatever they hold."""
    return {_path(element, message) for element in message.iter("{*}*")}


def _path(element: _Element, message: _Element) -> str:
    steps = [etree.QName(element).localname]
    while element is not message:
        parent = element.getparent()
        assert parent is not None
        element = parent
        steps.append(etree.QName(element).localname)
    return "/".join(reversed(steps))
