"""What is written once and handed out often is nobody else's to change."""

from naru.domain.codes import Code
from naru.formats.fhir.mhd import codes, parties


def test_a_change_to_an_element_stays_with_who_made_it() -> None:
    code = Code("57133-1", "2.16.840.1.113883.6.1")
    written = codes.to_coding(code)
    codes.to_coding(code)["code"] = "changed"
    assert codes.to_coding(code) == written

    person = parties.to_person("TEST-1^가^나다")
    parties.to_person("TEST-1^가^나다")["name"][0]["given"].append("changed")
    assert parties.to_person("TEST-1^가^나다") == person
