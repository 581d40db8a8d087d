"""Names within XDS metadata: whatever somebody is called, it stays in its own component."""

from hypothesis import example, given
from hypothesis import strategies as st

from naru.domain.hl7_v2_names import component, escape, unescape, xcn, xon
from naru.formats.hl7 import datatypes

WORDS = st.text(st.sampled_from("가나 Kim\\|^&~EFSTR.1"), min_size=1, max_size=30)
OIDS = st.lists(st.integers(0, 10**6), min_size=1, max_size=5).map(
    lambda arcs: ".".join(map(str, [2, 999, *arcs]))
)


@given(st.text(st.sampled_from("가Km\\|^&~EFSTR"), max_size=30))
@example("\\S\\")
def test_what_is_escaped_comes_back_and_holds_no_delimiter(text: str) -> None:
    written = escape(text)
    assert not set("|^&~") & set(written)
    assert unescape(written) == text


@given(WORDS, WORDS, OIDS)
def test_a_person_is_read_as_written(number: str, name: str, authority: str) -> None:
    written = xcn(number, name, authority)
    datatypes.check_xcn(written)
    parts = written.split("^")
    assert [unescape(one) for one in parts[:2]] == [number, name]
    assert parts[2:] == ["", "", "", "", "", "", f"&{authority}&ISO"]


@given(WORDS, OIDS)
def test_an_organisation_is_read_as_written_and_named_by_its_oid(name: str, oid: str) -> None:
    written = xon(name, oid)
    datatypes.check_xon(written)
    parts = written.split("^")
    assert (unescape(parts[0]), component(parts, 9), len(parts)) == (name, oid, 10)


def test_they_look_as_the_standard_writes_them() -> None:
    assert xcn("D-1", "이^도윤", "2.999.1") == "D-1^이\\S\\도윤^^^^^^^&2.999.1&ISO"
    assert xon("푸른&병원", "2.999.2") == "푸른\\T\\병원^^^^^^^^^2.999.2"
