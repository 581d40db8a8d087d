"""The cases of ITI TF-2 3.45.4.2.3 and 3.47.4.2.3, one by one."""

import pytest

from naru.domain.identifiers import Identifier
from naru.domain.patient_messages import II, QueryContinuation
from naru.domain.patient_query import Candidate, PatientQuery, first_page
from naru.domain.person import PatientRecord
from naru.formats import hl7v3
from tests.formats.hl7v3.people import AFFINITY, HOSPITAL, OTHER_HOSPITAL, STAMP, WHOLE, parse
from tests.formats.hl7v3.people import transmission as from_emr
from tests.formats.hl7v3.test_refusals import MORE, PDQ, PIX, at

ASKED = hl7v3.read_identifier_request(parse(PIX))
WHO = hl7v3.read_demographics_request(parse(PDQ))


def test_the_queried_id_is_told_only_in_the_copy() -> None:
    other = Identifier("TEST-9", OTHER_HOSPITAL)
    answer = hl7v3.answer_identifiers(ASKED, (ASKED.query.patient, other), **STAMP)
    assert answer.identifiers == (other,)
    assert (answer.acknowledgement.type, answer.code) == ("AA", "OK")
    text = hl7v3.write_identifier_response(
        answer, copy=hl7v3.copy_of_query(parse(PIX)), custodian="2.999.2"
    )
    assert text.count("TEST-0001") == 1


def test_no_other_id_is_no_error() -> None:
    answer = hl7v3.answer_identifiers(ASKED, (), **STAMP)
    assert (answer.acknowledgement.type, answer.code) == ("AA", "NF")
    text = hl7v3.write_identifier_response(
        answer, copy=hl7v3.copy_of_query(parse(PIX)), custodian="2.999.2"
    )
    assert "registrationEvent" not in text


def test_an_unknown_patient_is_an_error_at_the_identifier() -> None:
    answer = hl7v3.answer_unknown_patient(ASKED, **STAMP)
    (detail,) = answer.acknowledgement.details
    assert (answer.acknowledgement.type, answer.code) == ("AE", "AE")
    assert (detail.type, detail.code) == ("E", "204")
    (place,) = at(parse(PIX), detail.locations[0])
    assert place.get("extension") == "TEST-0001"


def test_each_unknown_domain_is_an_error_at_its_repetition() -> None:
    answer = hl7v3.answer_unknown_domains(ASKED, (1, 2), **STAMP)
    places = [at(parse(PIX), d.locations[0])[0] for d in answer.acknowledgement.details]
    assert [place.get("root") for place in places] == [OTHER_HOSPITAL, AFFINITY]
    assert [detail.code for detail in answer.acknowledgement.details] == ["204", "204"]


def test_each_unknown_scoping_organization_is_an_error_at_its_repetition() -> None:
    answer = hl7v3.answer_unknown_scoping_organizations(WHO, (2,), **STAMP)
    (detail,) = answer.acknowledgement.details
    (place,) = at(parse(PDQ), detail.locations[0])
    assert place.get("root") == AFFINITY
    assert (answer.acknowledgement.type, answer.candidates.code) == ("AE", "AE")
    assert answer.candidates.found == ()


def test_an_id_missing_in_an_asked_domain_is_told_as_null() -> None:
    page = first_page((Candidate(record=WHOLE, score=90),), WHO.initial_quantity)
    answer = hl7v3.answer_candidates(WHO, page, **STAMP)
    text = hl7v3.write_demographics_response(
        answer, copy=hl7v3.copy_of_query(parse(PDQ)), custodian="2.999.2"
    )
    (candidate,) = hl7v3.read_demographics_response(parse(text)).candidates.found
    assert candidate.missing_domains == (OTHER_HOSPITAL, AFFINITY)
    assert candidate.record == WHOLE


def test_a_found_patient_is_scoped_by_the_organization_that_gives_the_identifiers() -> None:
    page = first_page((Candidate(record=WHOLE, score=90),), WHO.initial_quantity)
    answer = hl7v3.answer_candidates(WHO, page, **STAMP)
    text = hl7v3.write_demographics_response(
        answer, copy=hl7v3.copy_of_query(parse(PDQ)), custodian="2.999.2"
    )
    scoped = at(parse(text), "//patient/providerOrganization/id")
    roots = [one.get("root") for one in scoped]
    assert roots == sorted({one.authority for one in WHOLE.identifiers})


@pytest.mark.parametrize(
    ("people", "wanted", "told"),
    [
        (0, None, ("AA", "NF", 0, 0, 0)),
        (0, 1, ("AA", "NF", 0, 0, 0)),
        (2, None, ("AA", "OK", 2, 2, 0)),
        (2, 2, ("AA", "OK", 2, 2, 0)),
        (3, 2, ("AE", "AE", 3, 2, 1)),
    ],
)
def test_more_people_than_wanted_are_cut_off_and_said_to_be(
    people: int, wanted: int | None, told: tuple[str, str, int, int, int]
) -> None:
    record = PatientRecord(identifiers=(Identifier("TEST-1", HOSPITAL),))
    page = first_page((Candidate(record=record, score=100),) * people, wanted)
    answer = hl7v3.answer_candidates(WHO, page, **STAMP)
    text = hl7v3.write_demographics_response(
        answer, copy=hl7v3.copy_of_query(parse(PDQ)), custodian="2.999.2"
    )
    back = hl7v3.read_demographics_response(parse(text))
    found = back.candidates
    assert (
        back.acknowledgement.type,
        found.code,
        found.total,
        len(found.found),
        found.remaining,
    ) == told


def test_the_answer_goes_back_to_the_sender() -> None:
    answer = hl7v3.answer_identifiers(ASKED, (), **STAMP)
    assert answer.transmission.receiver == ASKED.transmission.sender
    assert answer.transmission.sender == ASKED.transmission.receiver
    assert answer.acknowledgement.target == ASKED.transmission.id
    assert answer.query_id == ASKED.query_id


def test_the_copy_of_a_query_stays_true_under_another_prefix() -> None:
    sent = (
        '<v:PRPA_IN201305UV02 xmlns:v="urn:hl7-org:v3" '
        'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><v:controlActProcess>'
        '<v:queryByParameter>\n <v:value i:type="v:INT" value="75"/>\n</v:queryByParameter> '
        "</v:controlActProcess></v:PRPA_IN201305UV02>"
    )
    copy = hl7v3.copy_of_query(parse(sent))
    assert '>\n <v:value i:type="v:INT" value="75"/>\n</v:queryByParameter>' in copy
    assert parse(copy).nsmap["v"] == "urn:hl7-org:v3"


def test_cancelling_is_accepted_and_continuing_is_refused() -> None:
    cancel = QueryContinuation(
        transmission=from_emr("QUQI_IN000003UV01"),
        query_id=II("2.999.9.9"),
        status="aborted",
        target=II("2.999.9.2"),
        continuation_quantity=0,
    )
    assert cancel.cancels
    assert hl7v3.accept(cancel.transmission, **STAMP).acknowledgement.type == "CA"
    refusal = hl7v3.refuse_continuation(cancel, **STAMP)
    assert (refusal.acknowledgement.type, refusal.candidates.code) == ("AE", "AE")


@pytest.mark.parametrize("name", ["QUQI_IN000003UV01", "QUQI_IN000003UV01_Cancel"])
@pytest.mark.parametrize("said", ["QUQI_IN000003UV01", "QUQI_IN000003UV01_Cancel"])
def test_a_cancellation_is_read_by_either_of_its_names(name: str, said: str) -> None:
    text = MORE.replace("waitContinuedQueryResponse", "aborted")
    text = text.replace('extension="QUQI_IN000003UV01"', f'extension="{said}"')
    text = text.replace("<QUQI_IN000003UV01 ", f"<{name} ").replace(
        "</QUQI_IN000003UV01>", f"</{name}>"
    )
    assert hl7v3.read_query_continuation(parse(text)).cancels


def test_a_query_for_everybody_is_known_as_such() -> None:
    assert PatientQuery(domains=(AFFINITY,), minimum_score=75).asks_nothing
    assert not PatientQuery(birth_time="1987").asks_nothing
