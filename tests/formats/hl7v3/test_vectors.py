"""The golden messages of tests/vectors/hl7v3; its README is the legend."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from lxml.etree import _Element

from naru.domain.identifiers import Identifier
from naru.domain.patient_messages import (
    II,
    AcknowledgementDetail,
    AcknowledgementType,
    DemographicsRequest,
    DetailCode,
    IdentifierRequest,
    PatientAdd,
    PatientFeed,
    PatientMerge,
    PatientRevise,
    QueryContinuation,
)
from naru.domain.patient_query import Candidate, IdentifierQuery, PatientQuery, first_page
from naru.domain.person import Address, Demographics, Gender, PersonName, Telecom
from naru.formats import hl7v3, xml
from tests.conftest import PROJECT
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

VECTORS = PROJECT / "tests/vectors/hl7v3"
NODE = "2.999.2"

ADD = PatientFeed(
    transmission=transmission("PRPA_IN201301UV02"),
    acts=(PatientAdd(record=WHOLE, provider=CLINIC),),
    custodian="2.999.3",
)
REVISE = PatientFeed(
    transmission=transmission("PRPA_IN201302UV02"),
    acts=(PatientRevise(record=WHOLE, provider=CLINIC),),
    custodian="2.999.3",
)
MERGE = PatientFeed(
    transmission=transmission("PRPA_IN201304UV02"),
    acts=(
        PatientMerge(
            survivor=Identifier("TEST-0001", HOSPITAL), subsumed=Identifier("TEST-0002", HOSPITAL)
        ),
    ),
    custodian="2.999.3",
)
TAKEN = hl7v3.accept(ADD.transmission, **STAMP)
REFUSED = hl7v3.accept(
    MERGE.transmission,
    AcknowledgementType.COMMIT_ERROR,
    (AcknowledgementDetail(DetailCode.UNKNOWN_KEY, "the subsumed identifier is not known"),),
    **STAMP,
)
IDENTIFIERS = IdentifierRequest(
    transmission=transmission("PRPA_IN201309UV02"),
    query_id=II("2.999.9.9", "7"),
    query=IdentifierQuery(
        patient=Identifier("TEST-0001", HOSPITAL), domains=(OTHER_HOSPITAL, AFFINITY)
    ),
)
CANDIDATES = DemographicsRequest(
    transmission=transmission("PRPA_IN201305UV02"),
    query_id=II("2.999.9.9", "8"),
    query=PatientQuery(
        names=(PersonName(text="남궁보라", use="SRCH"), PersonName(family="Namgung")),
        gender=Gender.FEMALE,
        birth_time="19870403",
        identifiers=(Identifier("TEST-0001", HOSPITAL),),
        addresses=(Address(city="시험시"),),
        telecoms=(Telecom("tel:+82-00-0000-0000"),),
        mothers_maiden_name=PersonName(text="제갈시험"),
        domains=(HOSPITAL, AFFINITY),
        minimum_score=75,
    ),
    initial_quantity=1,
)
FOUND = Candidate(record=WHOLE, score=95)
MORE = QueryContinuation(
    transmission=transmission("QUQI_IN000003UV01"),
    query_id=II("2.999.9.9", "8"),
    status="waitContinuedQueryResponse",
    target=II("2.999.9.2"),
    continuation_quantity=10,
)
IDENTIFIER_ANSWERS = {
    "201310-found": hl7v3.answer_identifiers(
        IDENTIFIERS,
        (Identifier("TEST-9001", AFFINITY), Identifier("TEST-0501", OTHER_HOSPITAL)),
        **STAMP,
    ),
    "201310-none": hl7v3.answer_identifiers(IDENTIFIERS, (), **STAMP),
    "201310-unknown-patient": hl7v3.answer_unknown_patient(IDENTIFIERS, **STAMP),
    "201310-unknown-domain": hl7v3.answer_unknown_domains(IDENTIFIERS, (2,), **STAMP),
}
CANDIDATE_ANSWERS = {
    "201306-found": hl7v3.answer_candidates(CANDIDATES, first_page((FOUND,), 1), **STAMP),
    "201306-nobody": hl7v3.answer_candidates(CANDIDATES, first_page((), 1), **STAMP),
    "201306-too-many": hl7v3.answer_candidates(CANDIDATES, first_page((FOUND, FOUND), 1), **STAMP),
    "201306-unknown-domain": hl7v3.answer_unknown_scoping_organizations(CANDIDATES, (2,), **STAMP),
}
REFUSED_MORE = hl7v3.refuse_continuation(MORE, **STAMP)
PIX_TEXT = hl7v3.write_identifier_request(IDENTIFIERS)
PDQ_TEXT = hl7v3.write_demographics_request(CANDIDATES)

GOLDEN: dict[str, tuple[str, Callable[[_Element], object], object]] = {
    "201301-add": (hl7v3.write_feed(ADD), hl7v3.read_feed, ADD),
    "201302-revise": (hl7v3.write_feed(REVISE), hl7v3.read_feed, REVISE),
    "201304-merge": (hl7v3.write_feed(MERGE), hl7v3.read_feed, MERGE),
    "000002-taken": (
        hl7v3.write_accept_acknowledgement(TAKEN),
        hl7v3.read_accept_acknowledgement,
        TAKEN,
    ),
    "000002-refused": (
        hl7v3.write_accept_acknowledgement(REFUSED),
        hl7v3.read_accept_acknowledgement,
        REFUSED,
    ),
    "201309-query": (PIX_TEXT, hl7v3.read_identifier_request, IDENTIFIERS),
    "201305-query": (PDQ_TEXT, hl7v3.read_demographics_request, CANDIDATES),
    "000003-continue": (hl7v3.write_query_continuation(MORE), hl7v3.read_query_continuation, MORE),
    "201306-not-continued": (
        hl7v3.write_demographics_response(REFUSED_MORE, copy=None, custodian=NODE),
        hl7v3.read_demographics_response,
        REFUSED_MORE,
    ),
    **{
        name: (
            hl7v3.write_identifier_response(
                answer, copy=hl7v3.copy_of_query(parse(PIX_TEXT)), custodian=NODE
            ),
            hl7v3.read_identifier_response,
            answer,
        )
        for name, answer in IDENTIFIER_ANSWERS.items()
    },
    **{
        name: (
            hl7v3.write_demographics_response(
                answer,
                copy=hl7v3.copy_of_query(parse(PDQ_TEXT)),
                custodian=NODE,
                provider=CLINIC,
            ),
            hl7v3.read_demographics_response,
            answer,
        )
        for name, answer in CANDIDATE_ANSWERS.items()
    },
}


def canonical(message: _Element) -> str:
    text = etree.tostring(message, encoding="unicode", with_tail=False)
    return etree.canonicalize(text, strip_text=True)


@pytest.mark.parametrize("name", GOLDEN)
def test_what_is_written_is_the_golden_message(name: str) -> None:
    golden = xml.parse((VECTORS / f"{name}.xml").read_bytes())
    assert canonical(parse(GOLDEN[name][0])) == canonical(golden)


@pytest.mark.parametrize("name", GOLDEN)
def test_the_golden_message_is_read_as_its_values(name: str) -> None:
    _, read, values = GOLDEN[name]
    assert read(xml.parse((VECTORS / f"{name}.xml").read_bytes())) == values


@pytest.mark.parametrize("name", GOLDEN)
def test_the_golden_message_follows_the_published_schema(name: str, schemas: Path | None) -> None:
    if schemas is None:
        pytest.skip("no published HL7 v3 schemas among the cases")
    golden = xml.parse((VECTORS / f"{name}.xml").read_bytes())
    schema = etree.XMLSchema(etree.parse(schemas / f"{etree.QName(golden).localname}.xsd"))
    schema.assertValid(golden)


def test_every_golden_message_is_in_the_legend_and_nothing_else() -> None:
    legend = (VECTORS / "README.md").read_text(encoding="utf-8")
    assert {path.stem for path in VECTORS.glob("*.xml")} == set(GOLDEN)
    assert all(f"`{name}.xml`" in legend for name in GOLDEN)


def _told_in(feed: str) -> Demographics:
    (told,) = hl7v3.read_feed(parse(feed)).acts
    assert isinstance(told, PatientAdd)
    return told.record.demographics


@pytest.mark.parametrize("kind", ["LIC", "IDENT", "CIT"])
def test_a_number_of_a_register_is_told_by_its_kind_whoever_s_arc_it_bears(kind: str) -> None:
    sent = hl7v3.write_feed(ADD)
    of_patients, registered = (
        _told_in(one)
        for one in (
            sent,
            sent.replace('asOtherIDs classCode="PAT"', f'asOtherIDs classCode="{kind}"'),
        )
    )
    assert of_patients.other_ids
    assert not of_patients.register_ids
    assert registered.register_ids == of_patients.other_ids
    assert not registered.other_ids
