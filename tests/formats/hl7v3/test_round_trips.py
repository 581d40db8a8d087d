"""What one side writes, the other reads as the same values, and the schema agrees."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from naru.domain.patient_messages import (
    AcceptAcknowledgement,
    Acknowledgement,
    AcknowledgementDetail,
    AcknowledgementType,
    DemographicsRequest,
    DemographicsResponse,
    DetailType,
    IdentifierRequest,
    IdentifierResponse,
    PatientAdd,
    PatientFeed,
    PatientMerge,
    PatientRevise,
    ProviderOrganization,
    QueryContinuation,
    Transmission,
)
from naru.domain.patient_query import (
    Candidate,
    Candidates,
    IdentifierQuery,
    QueryResponseCode,
)
from naru.formats import hl7v3
from naru.formats.hl7v3 import pdq_query, pix_query
from naru.formats.hl7v3.queries import query_of
from tests.formats.hl7v3.conftest import Validate
from tests.formats.hl7v3.people import (
    STAMP,
    identifiers,
    iis,
    oids,
    parse,
    providers,
    queries,
    records,
    told_providers,
    transmissions,
    words,
)

few = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])

acknowledgements = st.builds(
    Acknowledgement,
    type=st.sampled_from(AcknowledgementType),
    target=st.none() | iis,
    details=st.lists(
        st.builds(
            AcknowledgementDetail,
            code=st.none() | st.just("204"),
            text=st.none() | words,
            locations=st.lists(words, max_size=2).map(tuple),
            type=st.none() | st.sampled_from(DetailType),
        ).filter(lambda detail: detail != AcknowledgementDetail(None, type=None)),
        max_size=2,
    ).map(tuple),
)
feeds = st.one_of(
    *(
        st.builds(
            PatientFeed,
            transmission=transmissions(interaction),
            acts=st.lists(acts, min_size=1, max_size=most).map(tuple),
            custodian=oids,
        )
        for interaction, acts, most in (
            (
                "PRPA_IN201301UV02",
                st.builds(PatientAdd, record=records, provider=told_providers),
                2,
            ),
            (
                "PRPA_IN201302UV02",
                st.builds(PatientRevise, record=records, provider=told_providers),
                2,
            ),
            (
                "PRPA_IN201304UV02",
                st.builds(
                    PatientMerge, survivor=identifiers, subsumed=identifiers, provider=providers
                ),
                1,
            ),
        )
    )
)
identifier_requests = st.builds(
    IdentifierRequest,
    transmission=transmissions(pix_query.REQUEST),
    query_id=iis,
    query=st.builds(
        IdentifierQuery, patient=identifiers, domains=st.lists(oids, max_size=3).map(tuple)
    ),
)
demographics_requests = st.builds(
    DemographicsRequest,
    transmission=transmissions(pdq_query.REQUEST),
    query_id=iis,
    query=queries,
    initial_quantity=st.none() | st.integers(1, 500),
)


@few
@given(feed=feeds)
def test_a_feed_is_read_as_it_was_meant(valid: Validate, feed: PatientFeed) -> None:
    text = hl7v3.write_feed(feed)
    valid(text)
    assert hl7v3.read_feed(parse(text)) == feed


@few
@given(transmission=transmissions("MCCI_IN000002UV01"), acknowledgement=acknowledgements)
def test_an_accept_acknowledgement_is_read_as_it_was_meant(
    valid: Validate, transmission: Transmission, acknowledgement: Acknowledgement
) -> None:
    answer = AcceptAcknowledgement(transmission=transmission, acknowledgement=acknowledgement)
    text = hl7v3.write_accept_acknowledgement(answer)
    valid(text)
    assert hl7v3.read_accept_acknowledgement(parse(text)) == answer


@few
@given(request=identifier_requests)
def test_an_identifier_request_is_read_as_it_was_meant(
    valid: Validate, request: IdentifierRequest
) -> None:
    text = hl7v3.write_identifier_request(request)
    valid(text)
    assert hl7v3.read_identifier_request(parse(text)) == request


@few
@given(request=identifier_requests, response=st.data())
def test_an_identifier_response_is_read_as_it_was_meant(
    valid: Validate, request: IdentifierRequest, response: st.DataObject
) -> None:
    asked = parse(hl7v3.write_identifier_request(request))
    meant = IdentifierResponse(
        transmission=response.draw(transmissions(pix_query.RESPONSE)),
        acknowledgement=response.draw(acknowledgements),
        query_id=request.query_id,
        code=response.draw(st.sampled_from(QueryResponseCode)),
        identifiers=tuple(response.draw(st.lists(identifiers, max_size=3))),
    )
    text = hl7v3.write_identifier_response(
        meant, copy=hl7v3.copy_of_query(asked), custodian="2.999.2"
    )
    valid(text)
    assert hl7v3.read_identifier_response(parse(text)) == meant
    assert pix_query.read_identifier_query(query_of(parse(text))) == request.query


@few
@given(request=demographics_requests)
def test_a_demographics_request_is_read_as_it_was_meant(
    valid: Validate, request: DemographicsRequest
) -> None:
    text = hl7v3.write_demographics_request(request)
    valid(text)
    assert hl7v3.read_demographics_request(parse(text)) == request


@few
@given(request=demographics_requests, provider=providers, response=st.data())
def test_a_demographics_response_is_read_as_it_was_meant(
    valid: Validate,
    request: DemographicsRequest,
    provider: ProviderOrganization | None,
    response: st.DataObject,
) -> None:
    asked = parse(hl7v3.write_demographics_request(request))
    candidates = st.builds(
        Candidate,
        record=records,
        score=st.none() | st.integers(0, 100),
        missing_domains=st.lists(oids, max_size=2).map(tuple),
    )
    found = tuple(response.draw(st.lists(candidates, max_size=2)))
    meant = DemographicsResponse(
        transmission=response.draw(transmissions("PRPA_IN201306UV02")),
        acknowledgement=response.draw(acknowledgements),
        query_id=request.query_id,
        candidates=Candidates(
            code=response.draw(st.sampled_from(QueryResponseCode)),
            found=found,
            total=len(found) + response.draw(st.integers(0, 9)),
        ),
    )
    text = hl7v3.write_demographics_response(
        meant, copy=hl7v3.copy_of_query(asked), custodian="2.999.2", provider=provider
    )
    valid(text)
    assert hl7v3.read_demographics_response(parse(text)) == meant
    assert pdq_query.read_patient_query(query_of(parse(text))) == request.query


@few
@given(
    continuation=st.builds(
        QueryContinuation,
        transmission=transmissions("QUQI_IN000003UV01"),
        query_id=iis,
        status=st.sampled_from(["waitContinuedQueryResponse", "aborted"]),
        target=iis,
        start_result_number=st.none() | st.integers(1, 99),
        continuation_quantity=st.none() | st.integers(0, 99),
    )
)
def test_a_continuation_is_read_as_it_was_meant_and_its_refusal_is_valid(
    valid: Validate, continuation: QueryContinuation
) -> None:
    text = hl7v3.write_query_continuation(continuation)
    valid(text)
    assert hl7v3.read_query_continuation(parse(text)) == continuation
    refusal = hl7v3.refuse_continuation(continuation, **STAMP)
    answer = hl7v3.write_demographics_response(refusal, copy=None, custodian="2.999.2")
    valid(answer)
    assert hl7v3.read_demographics_response(parse(answer)) == refusal
