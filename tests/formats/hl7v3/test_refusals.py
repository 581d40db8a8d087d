"""What is refused, by which name, and what the sender is told."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml.etree import _Element

from naru.domain.identifiers import Identifier
from naru.domain.patient_messages import (
    II,
    DemographicsRequest,
    IdentifierRequest,
    PatientAdd,
    PatientFeed,
    PatientMerge,
    QueryContinuation,
)
from naru.domain.patient_query import IdentifierQuery, PatientQuery
from naru.domain.person import Gender, PersonName
from naru.formats import hl7v3
from naru.formats.hl7v3 import pdq_query, pix_query
from tests.formats.hl7v3.conftest import Validate
from tests.formats.hl7v3.people import (
    AFFINITY,
    CLINIC,
    HOSPITAL,
    OTHER_HOSPITAL,
    STAMP,
    WHOLE,
    parse,
    transmission,
)

FEED = hl7v3.write_feed(
    PatientFeed(
        transmission=transmission("PRPA_IN201301UV02"),
        acts=(PatientAdd(record=WHOLE, provider=CLINIC),),
    )
)
MERGE = hl7v3.write_feed(
    PatientFeed(
        transmission=transmission("PRPA_IN201304UV02"),
        acts=(
            PatientMerge(
                survivor=Identifier("TEST-0001", HOSPITAL),
                subsumed=Identifier("TEST-0002", HOSPITAL),
            ),
        ),
    )
)
PIX = hl7v3.write_identifier_request(
    IdentifierRequest(
        transmission=transmission(pix_query.REQUEST),
        query_id=II("2.999.9.9", "7"),
        query=IdentifierQuery(
            patient=Identifier("TEST-0001", HOSPITAL), domains=(OTHER_HOSPITAL, AFFINITY)
        ),
    )
)
PDQ = hl7v3.write_demographics_request(
    DemographicsRequest(
        transmission=transmission(pdq_query.REQUEST),
        query_id=II("2.999.9.9", "8"),
        query=PatientQuery(
            names=(PersonName(text="남궁보라"),),
            gender=Gender.FEMALE,
            birth_time="19870403",
            identifiers=(Identifier("TEST-0001", HOSPITAL),),
            domains=(OTHER_HOSPITAL, AFFINITY),
        ),
        initial_quantity=5,
    )
)
MORE = hl7v3.write_query_continuation(
    QueryContinuation(
        transmission=transmission("QUQI_IN000003UV01"),
        query_id=II("2.999.9.9", "8"),
        status="waitContinuedQueryResponse",
        target=II("2.999.9.2"),
    )
)
REQUESTS: tuple[tuple[str, Callable[[_Element], object]], ...] = (
    (FEED, hl7v3.read_feed),
    (MERGE, hl7v3.read_feed),
    (PIX, hl7v3.read_identifier_request),
    (PDQ, hl7v3.read_demographics_request),
    (MORE, hl7v3.read_query_continuation),
)


def at(message: _Element, location: str) -> list[_Element]:
    """What an XPath of ours finds, with namespaces put aside as the location puts them aside."""
    bare = etree.fromstring(etree.tostring(message))
    for element in bare.iter():
        element.tag = etree.QName(element).localname
    return bare.xpath(location)


@pytest.mark.parametrize(
    ("text", "read", "old", "new", "refusal", "words"),
    [
        (PIX, 2, 'xmlns="urn:hl7-org:v3"', "", hl7v3.WrongNamespace, "not in the namespace"),
        (PIX, 3, "", "", hl7v3.WrongInteraction, "takes PRPA_IN201305UV02"),
        (
            PIX,
            2,
            'extension="PRPA_IN201309UV02"',
            'extension="PRPA_IN201305UV02"',
            hl7v3.WrongInteraction,
            "interactionId",
        ),
        (PIX, 2, ' extension="TEST-0001"', "", hl7v3.MissingElement, "no extension"),
        (PIX, 2, f'root="{AFFINITY}"', 'root="AFFINITY"', hl7v3.MalformedValue, "must be an OID"),
        (
            PIX,
            2,
            f'root="{AFFINITY}"',
            f'root="{AFFINITY}" extension="1"',
            hl7v3.MalformedValue,
            "no extension",
        ),
        (
            PIX,
            2,
            "</patientIdentifier>",
            "</patientIdentifier><patientIdentifier/>",
            hl7v3.TooManyRepetitions,
            "more than 1",
        ),
        (PDQ, 3, 'code="F"', 'code="X"', hl7v3.NotUnderstood, "gender"),
        (PDQ, 3, 'value="5"', 'value="0"', hl7v3.MalformedValue, "at least 1"),
        (PDQ, 3, 'value="5"', 'value="many"', hl7v3.MalformedValue, "whole number"),
        (PDQ, 3, "livingSubjectBirthTime", "principalCareProviderId", hl7v3.NotUnderstood, "not s"),
        (PDQ, 3, "남궁보라", "", hl7v3.MissingElement, "parameter is empty"),
        (PDQ, 3, "남궁보라", "가" * 1001, hl7v3.MalformedValue, "too long"),
        (FEED, 0, 'value="19870403"', 'value="a spring day"', hl7v3.MalformedValue, "no time"),
        (FEED, 0, 'value="true"', 'value="1"', hl7v3.MalformedValue, "neither true nor false"),
        (FEED, 0, f' root="{HOSPITAL}" extension="TEST-0001"', "", hl7v3.MissingElement, "auth"),
        (
            FEED,
            0,
            '<statusCode code="active"/><subject1',
            '<statusCode code="obsolete"/><subject1',
            hl7v3.NotUnderstood,
            "not active",
        ),
        (
            FEED,
            0,
            "<telecom ",
            '<telecom value="tel:1"/>' * 64 + "<telecom ",
            hl7v3.TooManyRepetitions,
            "64",
        ),
        (
            MERGE,
            1,
            "</priorRegisteredRole>",
            f'<id root="{HOSPITAL}" extension="TEST-0003"/></priorRegisteredRole>',
            hl7v3.TooManyRepetitions,
            "more than 1",
        ),
        (
            MERGE,
            1,
            '<statusCode code="active"/><patientPerson',
            f'<id root="{HOSPITAL}" extension="TEST-3"/><statusCode code="active"/><patientPerson',
            hl7v3.MissingElement,
            "survives",
        ),
        (MERGE, 1, "replacementOf", "definition", hl7v3.MissingElement, "no replacementOf"),
    ],
)
def test_what_is_wrong_is_named(
    text: str, read: int, old: str, new: str, refusal: type[hl7v3.Hl7v3Refused], words: str
) -> None:
    assert old in text
    message = parse(text.replace(old, new) if old else text)
    with pytest.raises(refusal, match=words) as refused:
        REQUESTS[read][1](message)
    assert "TEST-0001" not in str(refused.value)
    assert "남궁" not in str(refused.value)


def test_a_survivor_among_several_ids_is_the_one_of_the_same_domain() -> None:
    other = (
        f'<id root="{OTHER_HOSPITAL}" extension="TEST-0003"/><statusCode code="active"/><patient'
    )
    message = parse(MERGE.replace('<statusCode code="active"/><patient', other))
    (merge,) = hl7v3.read_feed(message).acts
    assert isinstance(merge, PatientMerge)
    assert merge.survivor == Identifier("TEST-0001", HOSPITAL)


def test_a_refused_query_is_answered_with_the_place_and_its_own_parameters(
    valid: Validate,
) -> None:
    message = parse(PDQ.replace('code="F"', 'code="X"'))
    with pytest.raises(hl7v3.NotUnderstood) as refused:
        hl7v3.read_demographics_request(message)
    text = hl7v3.write_refusal(message, refused.value, **STAMP)
    valid(text)
    answer = hl7v3.read_demographics_response(parse(text))
    (detail,) = answer.acknowledgement.details
    assert (answer.acknowledgement.type, answer.candidates.code) == ("AE", "AE")
    assert (detail.type, detail.code) == ("E", "103")
    (place,) = at(message, detail.locations[0])
    assert place.get("code") == "X"
    assert hl7v3.copy_of_query(parse(text)) == hl7v3.copy_of_query(message)


def test_a_refused_identifier_query_is_answered_in_its_own_interaction(valid: Validate) -> None:
    message = parse(PIX.replace(f'root="{AFFINITY}"', f'root="{AFFINITY}" extension="1"'))
    with pytest.raises(hl7v3.MalformedValue) as refused:
        hl7v3.read_identifier_request(message)
    text = hl7v3.write_refusal(message, refused.value, **STAMP)
    valid(text)
    (detail,) = hl7v3.read_identifier_response(parse(text)).acknowledgement.details
    assert [e.get("root") for e in at(message, detail.locations[0])] == [AFFINITY]


def test_a_refused_feed_is_answered_with_commit_error(valid: Validate) -> None:
    message = parse(FEED.replace('value="19870403"', 'value="a spring day"'))
    with pytest.raises(hl7v3.MalformedValue) as refused:
        hl7v3.read_feed(message)
    text = hl7v3.write_refusal(message, refused.value, **STAMP)
    valid(text)
    acknowledgement = hl7v3.read_accept_acknowledgement(parse(text)).acknowledgement
    assert (acknowledgement.type, acknowledgement.details[0].code) == ("CE", "102")
    assert acknowledgement.target == II("2.999.9.1", "1")


def test_a_message_without_an_id_leaves_only_a_fault() -> None:
    message = parse(FEED.replace('<id root="2.999.9.1" extension="1"/>', "", 1))
    with pytest.raises(hl7v3.MissingElement) as refused:
        hl7v3.read_feed(message)
    with pytest.raises(hl7v3.MissingElement):
        hl7v3.write_refusal(message, refused.value, **STAMP)


@settings(max_examples=300, deadline=None)
@given(case=st.sampled_from(REQUESTS), data=st.data())
def test_whatever_is_missing_or_odd_is_read_or_refused_but_never_fails(
    case: tuple[str, Callable[[_Element], object]], data: st.DataObject
) -> None:
    text, read = case
    message = parse(text)
    below = data.draw(st.sampled_from(list(message.iterdescendants())))
    act = data.draw(st.sampled_from(("remove", "null", "empty", "odd", "twice", "comment")))
    parent = below.getparent()
    assert parent is not None
    if act == "remove":
        parent.remove(below)
    elif act == "null":
        below.set("nullFlavor", "UNK")
    elif act == "empty":
        below.clear()
    elif act == "odd":
        for name in below.attrib:
            below.set(name, data.draw(st.sampled_from(("", "0", "x" * 2000, "가", "-1"))))
        below.text = data.draw(st.sampled_from((None, "가" * 2000, " ")))
    elif act == "twice":
        parent.append(parse(etree.tostring(below, with_tail=False, encoding="unicode")))
    else:
        below.insert(0, etree.Comment("aside"))
    try:
        read(message)
    except hl7v3.Hl7v3Refused as error:
        refused = error
    else:
        return
    assert "가" not in str(refused)
    with contextlib.suppress(hl7v3.Hl7v3Refused):
        parse(hl7v3.write_refusal(message, refused, **STAMP))
