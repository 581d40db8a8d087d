"""What the terminology's operations answer, as Parameters."""

import re
from datetime import date

from naru.domain.terminology import ConceptMapping, Relation, System, Validity
from naru.formats.fhir.terminology.answers import translated

_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,30}:[A-Za-z0-9.\-_~%:]*[A-Za-z0-9]", re.ASCII)
"""RFC 8141, of the characters that we write."""


def test_the_source_of_a_map_is_an_urn() -> None:
    mapping = ConceptMapping(
        source=System.KOSTOM,
        source_code="T1",
        target=System.KCD_9,
        target_code="TESTE11",
        relation=Relation.EQUIVALENT,
        provenance="kostom TEST-1 나루/a, 2018-03-01",
        validity=Validity(date(2018, 3, 1), None),
    )
    (_, match) = translated([mapping], {}, reverse=False)["parameter"]
    told = {one["name"]: one for one in match["part"]}
    source = told["source"]["valueUri"]
    assert _URN.fullmatch(source), source
    assert source.startswith("urn:naru:map:kostom:TEST-1:")
    assert source.endswith(":2018-03-01")
