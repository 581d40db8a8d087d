"""Code set files: the shipped one keeps its promises, the tools' one is read whole."""

import json
from pathlib import Path

import pytest
from lxml import etree

from naru.domain.codes import Code
from naru.formats import affinity_domain
from naru.formats.affinity_domain import InvalidCodeSets

SHIPPED = Path(affinity_domain.__file__).parents[1] / "registry/data/affinity-domain.json"
ATTRIBUTES = {
    "classCode",
    "typeCode",
    "formatCode",
    "confidentialityCode",
    "healthcareFacilityTypeCode",
    "practiceSettingCode",
    "contentTypeCode",
    "codeList",
}


def test_the_shipped_sets_name_every_required_attribute_in_korean() -> None:
    domain = affinity_domain.from_json(SHIPPED.read_bytes())
    assert domain.codes.keys() == ATTRIBUTES
    assert domain.allows("typeCode", Code("57133-1", "2.16.840.1.113883.6.1"))
    assert domain.display["57133-1", "2.16.840.1.113883.6.1"] == "진료의뢰서"
    assert not domain.allows("typeCode", Code("57133-1", "2.999.1"))
    assert domain.allows("eventCodeList", Code("anything", "2.999.1"))
    assert domain.allows_mime_type("text/xml; charset=utf-8")
    assert not domain.allows_mime_type("text/x-other")
    assert domain.allows_authority("2.999.1")


def test_codes_that_no_official_text_gives_are_marked_and_no_scheme_is_the_ministrys() -> None:
    file = json.loads(SHIPPED.read_bytes())
    for sets in file["attributes"].values():
        for one in sets:
            assert not one["scheme"].startswith("1.2.410.100110")
            if any("1.2.410.100110" in code["code"] for code in one["codes"]):
                assert one["status"] == "unofficial"
                assert one["source"]


def test_the_tools_file_is_read_whole(cases: Path) -> None:
    path = cases / "ihe/nist-toolkit2/env/codes.xml"
    domain = affinity_domain.from_xml(etree.parse(path).getroot())
    assert len(domain.codes) == 10
    assert domain.allows("codeList", Code("Referrals", "1.3.6.1.4.1.21367.2017.3"))
    assert domain.allows("confidentialityCode", Code("N", "2.16.840.1.113883.5.25"))
    assert domain.allows_mime_type("text/plain")
    assert len(domain.assigning_authorities) == 3
    assert not domain.allows_authority("2.999.1")


@pytest.mark.parametrize(
    "content", [b"{}", b"[", b'{"name": 1}', b'{"\xff": 1}', b"[" * 10_000, b'{"a":' * 10_000]
)
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidCodeSets):
        affinity_domain.from_json(content)


@pytest.mark.parametrize(
    "text",
    [
        "<Other/>",
        '<Codes><CodeType name="typeCode"><Code code="a"/></CodeType></Codes>',
        '<Codes><AssigningAuthority id="2.999.1"/></Codes>',
    ],
)
def test_another_element_is_refused(text: str) -> None:
    with pytest.raises(InvalidCodeSets):
        affinity_domain.from_xml(etree.fromstring(text))
