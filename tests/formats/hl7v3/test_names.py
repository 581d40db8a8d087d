from hypothesis import given
from hypothesis import strategies as st

from naru.domain.person import Address, PersonName
from naru.formats.hl7v3.names import read_address, read_name, write_address, write_name
from tests.formats.hl7v3.people import parse, words

HL7 = 'xmlns="urn:hl7-org:v3"'


def test_a_korean_name_is_its_text() -> None:
    name = read_name(parse(f'<name {HL7} use="L">남궁보라</name>'))
    assert name == PersonName(text="남궁보라", use="L")
    assert write_name("name", name) == '<name use="L">남궁보라</name>'


def test_a_korean_name_in_parts_keeps_its_parts_and_gains_its_whole() -> None:
    parts = "<family>남궁</family><given>보라</given>"
    name = read_name(parse(f"<name {HL7}>{parts}</name>"))
    assert name == PersonName(text="남궁보라", family="남궁", given=("보라",))
    assert write_name("name", name) == f"<name>{parts}</name>"


def test_a_name_in_latin_parts_gains_no_whole() -> None:
    name = read_name(parse(f"<name {HL7}><given>Bora</given><family>Namgung</family></name>"))
    assert name == PersonName(family="Namgung", given=("Bora",))


def test_blanks_of_a_printed_message_are_no_part_of_a_name() -> None:
    name = read_name(parse(f"<name {HL7}>\n  <given>\n Bora\n </given>\n  <given/>\n</name>"))
    assert name == PersonName(given=("Bora",))


def test_validity_and_delimiters_are_passed_over() -> None:
    inside = '<family>A</family><delimiter>, </delimiter><given>B</given><validTime value="2020"/>'
    name = read_name(parse(f"<name {HL7}>{inside}</name>"))
    assert name == PersonName(family="A", given=("B",))


def test_a_name_that_is_null_or_empty_is_none() -> None:
    assert read_name(parse(f'<name {HL7} nullFlavor="NA"/>')) is None
    assert read_name(parse(f"<name {HL7}><given/></name>")) is None
    assert write_name("name", None) == '<name nullFlavor="NA"/>'


def test_a_whole_address_as_text_is_a_line() -> None:
    address = read_address(parse(f"<addr {HL7}>시험도 시험시 시험로 12</addr>"))
    assert address == Address(lines=("시험도 시험시 시험로 12",))


def test_street_and_house_number_are_lines_in_the_order_written() -> None:
    parts = "<streetName>시험로</streetName><houseNumber>12</houseNumber><city>시험시</city>"
    address = read_address(parse(f"<addr {HL7}>{parts}</addr>"))
    assert address == Address(lines=("시험로", "12"), city="시험시")


@given(first=words, second=words)
def test_text_is_never_markup(first: str, second: str) -> None:
    address = Address(lines=(f"<{first}>&", f"\"{second}'"), city="]]>")
    written = write_address("addr", address).replace("<addr>", f"<addr {HL7}>", 1)
    assert read_address(parse(written)) == address


@given(st.text("BR A\t\n", max_size=6))
def test_only_the_word_br_makes_a_family_name_one_of_birth(qualifier: str) -> None:
    shown = qualifier.replace("\t", "&#9;").replace("\n", "&#10;")
    name = read_name(parse(f'<name {HL7}><family qualifier="{shown}">가</family></name>'))
    assert name is not None
    assert (name.birth_family == "가") is ("BR" in qualifier.split())
