"""The HL7 v2 data types that metadata borrows, strict where the Technical Framework is."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naru.domain.identifiers import Identifier
from naru.formats.hl7 import datatypes
from naru.formats.hl7.datatypes import InvalidDatatype

WORDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12)
OIDS = st.lists(st.integers(0, 10**6), min_size=1, max_size=5).map(
    lambda arcs: ".".join(map(str, [2, 999, *arcs]))
)
CHECKS = (
    datatypes.check_xcn,
    datatypes.check_xon,
    datatypes.check_xtn,
    datatypes.check_cxi,
    datatypes.check_recipient,
    datatypes.check_coded_string,
    datatypes.cx,
)


@given(st.builds(Identifier, WORDS, OIDS))
def test_a_cx_comes_back_the_same(identifier: Identifier) -> None:
    assert datatypes.cx(datatypes.from_identifier(identifier)) == identifier


@given(st.text("^&|~ISO0123.Pa", max_size=40), st.sampled_from(CHECKS))
def test_any_text_is_accepted_or_refused(text: str, check: Callable[[str], object]) -> None:
    with suppress(InvalidDatatype):
        check(text)


@given(WORDS, WORDS, OIDS)
def test_persons_and_organisations_with_an_authority_are_accepted(
    one: str, name: str, oid: str
) -> None:
    datatypes.check_xcn(f"{one}^{name}^^^^^^^&{oid}&ISO")
    datatypes.check_xon(f"{name}^^^^^&{oid}&ISO^^^^{one}")
    datatypes.check_cxi(f"{one}^^^&{oid}&ISO^urn:ihe:iti:xds:2013:order")
    datatypes.check_recipient(f"{name}|{one}^{name}|^^Internet^a@b.example")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P1",
        "^^^&2.999.1&ISO",
        "P1^^^ns&2.999.1&ISO",
        "P1^^^&2.999.1&DNS",
        "P1^^^&urn:oid:2.999.1&ISO",
        "P1^^^&2.999.01&ISO",
        "P1^^^&2.999.1&ISO^PI",
        "P1^2^^&2.999.1&ISO",
        "P&1^^^&2.999.1&ISO",
    ],
)
def test_a_cx_holds_an_id_and_an_oid_and_nothing_else(text: str) -> None:
    with pytest.raises(InvalidDatatype):
        datatypes.cx(text)


@pytest.mark.parametrize(
    ("check", "good"),
    [
        (datatypes.check_xcn, "11375^Welby^Marcus^J^Jr. MD^Dr^^^&2.999.6.197&ISO"),
        (datatypes.check_xcn, "^김나루^^^"),
        (datatypes.check_xon, "Some Hospital"),
        (datatypes.check_xon, "Some Hospital^^^^^^^^^2.999.1.2"),
        (datatypes.check_xon, "Some Hospital^^^^^&2.999.1&ISO^^^^45"),
        (datatypes.check_xtn, "^^Internet^a@b.example"),
        (datatypes.check_xtn, "^PRS^PH^^31^^(042) 1123 4567"),
        (datatypes.check_cxi, "2.16.840.1^^^^urn:ihe:iti:xdw:2013:workflowInstanceId"),
        (datatypes.check_cxi, "20^^^ward^urn:example:local"),
        (datatypes.check_recipient, "|^Wel^Marcus^^^Dr^MD"),
        (datatypes.check_recipient, "||^^Internet^a@b.example"),
    ],
)
def test_forms_of_the_framework_are_accepted(check: Callable[[str], object], good: str) -> None:
    check(good)


@pytest.mark.parametrize(
    ("check", "bad"),
    [
        (datatypes.check_xcn, "^^Marcus"),
        (datatypes.check_xcn, "1^Welby^^^^^^^2.999.1"),
        (datatypes.check_xon, "^^^^^&2.999.1&ISO^^^^45"),
        (datatypes.check_xon, "Hospital^^^^^^^^^45"),
        (datatypes.check_xon, "Hospital^L"),
        (datatypes.check_xtn, "^^Internet"),
        (datatypes.check_xtn, "(042) 1123 4567"),
        (datatypes.check_cxi, "1^^^&2.999.1&ISO"),
        (datatypes.check_cxi, "1^^^^urn:ihe:iti:xds:2013:order"),
        (datatypes.check_cxi, "1^^^&2.9.1&ISO^urn:ihe:iti:xds:2016:studyInstanceUID"),
        (datatypes.check_recipient, ""),
        (datatypes.check_recipient, "a|b^c|^^Internet^d|e"),
    ],
)
def test_other_forms_are_refused(check: Callable[[str], object], bad: str) -> None:
    with pytest.raises(InvalidDatatype):
        check(bad)


def test_source_patient_info_keeps_out_the_fields_that_would_identify_too_much() -> None:
    datatypes.check_source_patient_info(["PID-5|김^나루", "PID-5|金^나루", "PID-7|1980", "PID-8|F"])
    for fields in (["PID-19|1"], ["PID-2|1"], ["PID-8|F", "PID-8|F"], ["PID-x|1"], ["5|1"], [""]):
        with pytest.raises(InvalidDatatype):
            datatypes.check_source_patient_info(fields)
