"""Every answer of a SOAP door beside its published schema, wherever a test reads one."""

import os
from copy import deepcopy
from pathlib import Path
from typing import Final

from lxml import etree
from lxml.etree import _Element

from naru.formats.xml.schema import load_schema, validate

_CASES: Final = Path(os.environ.get("NARU_CASES", Path(__file__).parents[3] / "shared" / "data"))
_SCHEMAS: Final = _CASES / "schemas"
_HL7: Final = "hl7v3/schema/HL7V3/NE2008/multicacheschemas"
_SOAP: Final = "{http://www.w3.org/2003/05/soap-envelope}"
_INCLUDE: Final = "{http://www.w3.org/2004/08/xop/include}Include"

ANSWERS: Final = {
    "{urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0}RegistryResponse": "xds/schema/ebRS30/rs.xsd",
    "{urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0}AdhocQueryResponse": (
        "xds/schema/ebRS30/query.xsd"
    ),
    "{urn:ihe:iti:xds-b:2007}RetrieveDocumentSetResponse": (
        "nist-toolkit2/v3/XDS.b_DocumentRepository.xsd"
    ),
    "{urn:hl7-org:v3}MCCI_IN000002UV01": f"{_HL7}/MCCI_IN000002UV01.xsd",
    "{urn:hl7-org:v3}PRPA_IN201306UV02": f"{_HL7}/PRPA_IN201306UV02.xsd",
    "{urn:hl7-org:v3}PRPA_IN201310UV02": f"{_HL7}/PRPA_IN201310UV02.xsd",
}
"""What the doors answer with, and the schema of each; what is not here is no answer of theirs."""


def check(answer: _Element) -> None:
    """Return when the content of a SOAP Body follows its schema; a fault is SOAP's own.

    Where the published schemas are not at hand, only that the answer is one of those known.
    """
    if answer.tag == f"{_SOAP}Fault":
        return
    assert answer.tag in ANSWERS, answer.tag
    schema = _SCHEMAS / ANSWERS[answer.tag]
    if schema.is_file():
        validate(_with_octets(answer), load_schema(schema))


def _with_octets(answer: _Element) -> _Element:
    """The answer by itself, as XOP has it read: base64 where a part of the package is named."""
    whole = etree.fromstring(etree.tostring(deepcopy(answer), with_tail=False))
    for include in whole.findall(f".//{_INCLUDE}"):
        document = include.getparent()
        assert document is not None
        document.remove(include)
        document.text = "AA=="
    return whole
