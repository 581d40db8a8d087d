"""Recorded answers and retrieve requests are read, and ours say the same again."""

import re
from collections import Counter
from pathlib import Path

from lxml import etree

from naru.domain.stored_query import Found
from naru.formats.ebxml import adhoc_query_response, registry_response, retrieve
from naru.formats.xml.schema import load_schema


def test_recorded_answers_and_retrieve_requests_are_read(cases: Path) -> None:
    read: Counter[str] = Counter()
    schema = load_schema(cases / "schemas/xds/schema/ebRS30/query.xsd")
    for path in sorted((cases / "ihe").rglob("*.xml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        if not re.search("AdhocQueryResponse|RetrieveDocumentSetRe|:RegistryResponse", text):
            continue
        try:
            root = etree.fromstring(text.encode())
        except etree.XMLSyntaxError:
            continue  # Records of whole HTTP exchanges; the SOAP tests read them.
        for element in root.iter(adhoc_query_response.TAG):
            answer = adhoc_query_response.from_ebxml(element)
            objects = answer.objects
            found = Found(
                entries=objects.entries,
                submission_sets=objects.submission_sets,
                folders=objects.folders,
                associations=objects.associations,
            )
            written = etree.fromstring(
                adhoc_query_response.to_ebxml(found, response=answer.response)
            )
            assert schema.validate(written), (path, schema.error_log)
            assert adhoc_query_response.from_ebxml(written) == answer, path
            read["AdhocQueryResponse"] += 1
        for element in root.iter(retrieve.REQUEST_TAG):
            assert retrieve.request_from_ebxml(element), path
            read["RetrieveDocumentSetRequest"] += 1
        for element in root.iter(registry_response.TAG):
            assert registry_response.from_ebxml(element), path
            read["RegistryResponse"] += 1
    assert read["RetrieveDocumentSetRequest"] >= 20
    assert read["RegistryResponse"] >= 1
    assert read["AdhocQueryResponse"] >= 1
