"""FHIR XML as it may arrive, good and bad, and its other half in JSON."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from naru.formats.fhir import json, validation, xml
from naru.formats.fhir.elements import resource_types, type_of
from naru.formats.fhir.json import JsonLimits
from naru.formats.fhir.outcome import Refused

NS = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
SMALL = JsonLimits(size=8192, depth=12, values=200)


def patient(inner: str, attributes: str = "") -> bytes:
    return f'<Patient xmlns="{NS}"{attributes}>{inner}</Patient>'.encode()


def narrative(inner: str, attributes: str = "") -> bytes:
    div = f'<div xmlns="{XHTML}"{attributes}>{inner}</div>'
    return patient(f'<text><status value="generated"/>{div}</text>')


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
ACTIVE = '<active value="true"/>'

HOSTILE = {
    "empty": b"",
    "JSON": b'{"resourceType":"Patient"}',
    "no namespace": b'<Patient><active value="true"/></Patient>',
    "another namespace": b'<Patient xmlns="urn:x"><active value="true"/></Patient>',
    "HL7 v3": b'<Patient xmlns="urn:hl7-org:v3"/>',
    "no resource": f'<Nothing xmlns="{NS}"/>'.encode(),
    "a data type": f'<HumanName xmlns="{NS}"><text value="x"/></HumanName>'.encode(),
    "an abstract type": f'<DomainResource xmlns="{NS}"><id value="1"/></DomainResource>'.encode(),
    "document type": b"<!DOCTYPE Patient>" + patient(ACTIVE),
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "x">{BOMB}]>'.encode() + patient("<id/>"),
    "external entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    + patient('<id value="&e;"/>'),
    "parameter entity": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/">%p;]>'
    + patient(ACTIVE),
    "unknown entity": patient('<id value="&nbsp;"/>'),
    "XInclude": patient(
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
    ),
    "processing instruction within": patient("<?php x ?>" + ACTIVE),
    "unknown element": patient('<shoe value="43"/>'),
    "unknown attribute": patient(ACTIVE, ' shoe="43"'),
    "attribute of another namespace": patient(ACTIVE, ' xmlns:x="urn:x" x:id="1"'),
    "schema location within": patient(
        '<active xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="a b" value="true"/>'
    ),
    "a value as text": patient("<active>true</active>"),
    "text between": patient(f"{ACTIVE}x<gender value='male'/>"),
    "CDATA between": patient(f"{ACTIVE}<![CDATA[x]]>"),
    "wrong order": patient('<gender value="male"/><active value="true"/>'),
    "repetitions apart": patient(
        '<name><text value="a"/></name><gender value="male"/><name><text value="b"/></name>'
    ),
    "twice": patient(ACTIVE + ACTIVE),
    "two of a choice": patient(
        '<deceasedBoolean value="true"/><deceasedDateTime value="2020-01-01"/>'
    ),
    "an unknown choice": patient('<deceasedString value="x"/>'),
    "a bare choice": patient('<deceased value="true"/>'),
    "an empty element": patient("<name/>"),
    "an empty primitive": patient("<active/>"),
    "an empty value": patient('<id value=""/>'),
    "wrong boolean": patient('<active value="yes"/>'),
    "numeric boolean": patient('<active value="1"/>'),
    "wrong date": patient('<birthDate value="2020-02-30"/>'),
    "wrong code": patient('<gender value="mann"/>'),
    "blank in a code": patient('<gender value=" male"/>'),
    "wrong id": patient('<id value="a_b"/>'),
    "long id": patient(f'<id value="{"a" * 65}"/>'),
    "wrong integer": patient('<multipleBirthInteger value="1.0"/>'),
    "big integer": patient('<multipleBirthInteger value="2147483648"/>'),
    "leading zero": patient('<multipleBirthInteger value="01"/>'),
    "no required element": patient(
        f"{ACTIVE}<communication><preferred value='true'/></communication>"
    ),
    "extension without url": patient('<extension><valueString value="x"/></extension>'),
    "contained is no resource": patient("<contained><shoe/></contained>"),
    "contained are two": patient(
        f"<contained><Patient>{ACTIVE}</Patient><Patient>{ACTIVE}</Patient></contained>"
    ),
    "contained is nothing": patient("<contained/>"),
    "deep": patient("<extension url='a'>" * 20 + "</extension>" * 20),
    "many": patient("<name><text value='x'/></name>" * 150),
    "large": patient(f'<id value="{"a" * 9000}"/>'),
    "cut off": patient(ACTIVE)[:-3],
    "two roots": patient(ACTIVE) + patient(ACTIVE),
    "NUL": patient('<id value="a\0"/>'),
    "control character": patient('<language value="&#1;"/>'),
    "EUC-KR unsaid": '<Patient xmlns="http://hl7.org/fhir"><id value="환자"/></Patient>'.encode(
        "euc-kr"
    ),
    "script": narrative("<script>alert(1)</script>x"),
    "event": narrative("<p onclick='alert(1)'>x</p>"),
    "frame": narrative("<iframe src='http://127.0.0.1/'>x</iframe>"),
    "form": narrative("<form action='/'><p>x</p></form>"),
    "object": narrative("<object data='x'>x</object>"),
    "base": narrative("<base href='http://127.0.0.1/'/>x"),
    "javascript link": narrative("<a href='javascript:alert(1)'>x</a>"),
    "disguised javascript link": narrative("<a href=' java&#9;script:alert(1)'>x</a>"),
    "data link": narrative("<a href='data:text/html,x'>x</a>"),
    "svg": narrative("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>x"),
    "empty narrative": narrative(" "),
    "narrative is no div": patient(
        f'<text><status value="generated"/><p xmlns="{XHTML}">x</p></text>'
    ),
    "narrative without namespace": patient('<text><status value="generated"/><div>x</div></text>'),
}


def accepted(data: bytes) -> Any:
    found = xml.from_xml(data, limits=SMALL)
    validation.check(found)
    return found


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_bad_is_refused_in_fhirs_words(name: str) -> None:
    with pytest.raises(Refused) as refusal:
        accepted(HOSTILE[name])

    assert refusal.value.issues[0].sentence


def test_a_schema_location_at_the_root_is_read_by_nobody() -> None:
    location = (
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="http://hl7.org/fhir http://127.0.0.1:1/x.xsd"'
    )

    assert accepted(patient(ACTIVE, location)) == {"resourceType": "Patient", "active": True}


def test_ids_and_extensions_of_primitives_stand_beside_them() -> None:
    extension = '<extension url="urn:x"><valueDecimal value="1.50"/></extension>'
    given = f'<given value="a"/><given>{extension}</given><given id="g" value="c"/>'
    found = accepted(patient(f"<name>{given}</name><birthDate id='b'>{extension}</birthDate>"))
    beside = [{"url": "urn:x", "valueDecimal": Decimal("1.50")}]

    assert found["name"] == [
        {
            "given": ["a", None, "c"],
            "_given": [None, {"extension": beside}, {"id": "g"}],
        }
    ]
    assert found["_birthDate"] == {"id": "b", "extension": beside}
    assert xml.from_xml(xml.to_xml(found)) == found
    assert b'value="1.50"' in xml.to_xml(found)


def test_lines_and_quotes_of_a_text_survive() -> None:
    text = "a\n\t\"b\" <c> & 'd' \r 환자 🫀"
    found = {"resourceType": "Patient", "name": [{"text": text}]}

    assert xml.from_xml(xml.to_xml(found)) == found


def canonical(value: Any) -> Any:
    """A tree whose narratives are written in the canonical form of XML."""
    if isinstance(value, dict):
        return {
            name: etree.tostring(etree.fromstring(one), method="c14n")
            if name == "div"
            else canonical(one)
            for name, one in value.items()
        }
    return [canonical(one) for one in value] if isinstance(value, list) else value


def test_the_published_examples_are_sound_and_the_same_in_both_syntaxes(cases: Path) -> None:
    examples = sorted((cases / "ihe" / "ihe-fhir").glob("*/*.json"))
    assert len(examples) > 100
    for example in examples:
        found = json.from_json(example.read_bytes())
        assert validation.faults(found) == (), example.name
        written = xml.to_xml(found)
        back = xml.from_xml(written)
        assert canonical(back) == canonical(found), example.name
        assert xml.to_xml(back) == written, example.name


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C"]),
    min_size=1,
    max_size=12,
)
PRIMITIVES: dict[str, st.SearchStrategy[Any]] = {
    "base64Binary": st.sampled_from(["AAAA", "QQ=="]),
    "boolean": st.booleans(),
    "canonical": st.just("urn:x|1"),
    "code": st.sampled_from(["a", "b c"]),
    "date": st.sampled_from(["2020", "2020-02", "2020-02-29"]),
    "dateTime": st.sampled_from(["2020", "2020-02-29T10:00:00.123+09:00", "9999-12-31"]),
    "decimal": st.decimals(-(10**6), 10**6, places=3),
    "id": st.just("a-1.b"),
    "instant": st.just("2020-02-29T10:00:00.120Z"),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "markdown": TEXTS,
    "oid": st.just("urn:oid:2.999.1"),
    "positiveInt": st.integers(1, 2**31 - 1),
    "string": TEXTS,
    "time": st.just("10:00:00"),
    "unsignedInt": st.integers(0, 2**31 - 1),
    "uri": st.just("urn:x"),
    "url": st.just("https://x"),
    "uuid": st.just("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
    "xhtml": st.just(f'<div xmlns="{XHTML}"><p>x<br/>y</p></div>'),
}


@st.composite
def objects(draw: st.DrawFn, name: str, depth: int) -> dict[str, Any]:
    """An object of a type: what is required, and few of its other elements."""
    type_ = type_of(name)
    found: dict[str, Any] = {"resourceType": name} if type_.is_resource else {}
    by_group: dict[str, list[Any]] = {}
    for element in type_.elements.values():
        by_group.setdefault(element.group, []).append(element)
    chosen = draw(st.sets(st.sampled_from(sorted(by_group)), max_size=3 if depth else 1))
    groups = chosen | set(type_.required)
    for group in sorted(groups):
        simple = [
            one
            for one in by_group[group]
            if depth or type_of(one.type).is_primitive or group in type_.required
        ]
        if not simple:
            continue
        element = draw(st.sampled_from(simple))
        if element.type == "Resource":
            one = objects("Basic", 0)
        elif element.codes is not None:
            one = st.sampled_from(sorted(element.codes))
        elif type_of(element.type).is_primitive:
            one = PRIMITIVES[element.type]
        else:
            one = objects(element.type, max(depth - 1, 0))
        found[element.name] = draw(st.lists(one, min_size=1, max_size=2) if element.many else one)
    return found or {"id": "x"}


@given(st.data())
def test_whatever_is_sound_survives_both_syntaxes(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(resource_types())))
    found = data.draw(objects(name, 2))
    if len(found) == 1:
        found["id"] = "x"

    assert validation.faults(found) == ()
    assert json.from_json(json.to_json(found)) == found
    assert xml.from_xml(xml.to_xml(found)) == found
    assert json.to_json(xml.from_xml(json_to_xml(found))) == json.to_json(
        xml.from_xml(xml.to_xml(found))
    )


def json_to_xml(found: Any) -> bytes:
    return xml.to_xml(json.from_json(json.to_json(found)))
