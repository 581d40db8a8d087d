"""Small made-up test plans, and a node that answers as a test wants it to."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from naru.conformance.library import Library, open_library
from naru.conformance.plan import Step
from naru.formats.ebxml.namespaces import LCM, QUERY, RIM, RS
from naru.formats.soap import SOAP_TYPE, fault_envelope, write_envelope
from naru.formats.soap.fault import FaultCode, SoapFault
from tests.ports import free_port

SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
FAILURE = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
ERROR = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"
APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
DEPRECATED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated"
HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
STABLE = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
A_SET = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
A_FOLDER = "urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2"

QUERY_FILE = (
    f'<q:AdhocQueryRequest xmlns:q="{QUERY}" xmlns:r="{RIM}">'
    '<q:ResponseOption returnType="LeafClass" returnComposedObjects="true"/>'
    '<r:AdhocQuery id="urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4">'
    "<r:Slot name=\"$XDSDocumentEntryEntryUUID\"><r:ValueList><r:Value>('{}')</r:Value>"
    "</r:ValueList></r:Slot></r:AdhocQuery></q:AdhocQueryRequest>"
).replace("{}", "$uuid$")

SUBMISSION_FILE = f"""
<l:SubmitObjectsRequest xmlns:l="{LCM}" xmlns:r="{RIM}"><r:RegistryObjectList>
<r:ExtrinsicObject id="Document01" objectType="{STABLE}" mimeType="text/plain">
<r:ExternalIdentifier id="e1" registryObject="Document01" value="$patientid$"
 identificationScheme="urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"/>
<r:ExternalIdentifier id="e2" registryObject="Document01" value="doc"
 identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"/></r:ExtrinsicObject>
<r:RegistryPackage id="SubmissionSet01">
<r:ExternalIdentifier id="e3" registryObject="SubmissionSet01" value="set"
 identificationScheme="urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"/>
<r:ExternalIdentifier id="e4" registryObject="SubmissionSet01" value="source"
 identificationScheme="urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"/></r:RegistryPackage>
<r:Association id="a1" associationType="{HAS_MEMBER}" sourceObject="SubmissionSet01"
 targetObject="Document01"/></r:RegistryObjectList></l:SubmitObjectsRequest>"""


def step(body: str, id_: str = "s", status: str = "Success", more: str = "") -> str:
    expected = f"<ExpectedStatus>{status}</ExpectedStatus>" if status else ""
    return f'<TestStep id="{id_}">{expected}{more}{body}</TestStep>'


def query(inside: str = "", **said: str) -> str:
    text = "<XDSb/><MetadataFile>query.xml</MetadataFile>" + inside
    return step(f"<StoredQueryTransaction>{text}</StoredQueryTransaction>", **said)


def register(inside: str = "", **said: str) -> str:
    text = "<XDSb/><AssignUuids/><MetadataFile>submission.xml</MetadataFile>" + inside
    return step(f"<RegisterTransaction>{text}</RegisterTransaction>", **said)


def write(root: Path, test: str, section: str, *steps: str, asked: str = "urn:uuid:x") -> Path:
    """A section with its plan, a query for the id `asked` and a submission of one document."""
    folder = root / "tests" / test / section
    folder.mkdir(parents=True, exist_ok=True)
    plan = f"<TestPlan><Test>{test}/{section}</Test>{''.join(steps)}</TestPlan>"
    (folder / "testplan.xml").write_text(plan)
    (folder / "query.xml").write_text(QUERY_FILE.replace("$uuid$", asked))
    (folder / "submission.xml").write_text(SUBMISSION_FILE)
    return folder


def the_step(root: Path) -> tuple[Library, Step]:
    library = open_library([root])
    (found,) = library.steps.values()
    return library, found


def registry_response(status: str = SUCCESS, *codes: str, severity: str = ERROR) -> str:
    errors = "".join(
        f'<e:RegistryError errorCode="{code}" codeContext="why" severity="{severity}"/>'
        for code in codes
    )
    listed = f"<e:RegistryErrorList>{errors}</e:RegistryErrorList>" if codes else ""
    return f'<e:RegistryResponse xmlns:e="{RS}" status="{status}">{listed}</e:RegistryResponse>'


def document(id_: str = "urn:uuid:d", status: str = APPROVED) -> str:
    return f'<r:ExtrinsicObject id="{id_}" objectType="{STABLE}" status="{status}"/>'


def package(id_: str, node: str, status: str = APPROVED) -> str:
    return (
        f'<r:RegistryPackage id="{id_}" status="{status}">'
        f'<r:Classification classificationNode="{node}"/></r:RegistryPackage>'
    )


def association(source: str, target: str, kind: str = HAS_MEMBER, id_: str = "urn:uuid:a") -> str:
    ends = f'sourceObject="{source}" targetObject="{target}"'
    return f'<r:Association id="{id_}" associationType="{kind}" {ends}/>'


def found(*objects: str, status: str = SUCCESS) -> str:
    return (
        f'<q:AdhocQueryResponse xmlns:q="{QUERY}" xmlns:r="{RIM}" status="{status}">'
        f"<r:RegistryObjectList>{''.join(objects)}</r:RegistryObjectList></q:AdhocQueryResponse>"
    )


def accepted() -> str:
    return (
        '<MCCI_IN000002UV01 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"><id root="2.999.1"/>'
        '<creationTime value="20260101000000"/>'
        '<interactionId root="2.16.840.1.113883.1.6" extension="MCCI_IN000002UV01"/>'
        '<processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="NE"/>'
        '<receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE">'
        '<id root="2.999.1.3.1"/></device></receiver><sender typeCode="SND">'
        '<device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.1.3.2"/></device>'
        '</sender><acknowledgement><typeCode code="CA"/><targetMessage><id root="2.999.2"/>'
        "</targetMessage></acknowledgement></MCCI_IN000002UV01>"
    )


Answer = Callable[[etree._Element], "str | int"]
"""The XML of an answer's body for that of a request, or an HTTP status without one."""


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """The address of a server on loopback that answers feeds itself and asks `answer` the rest."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            octets = self.rfile.read(int(self.headers["Content-Length"]))
            envelope = etree.fromstring(
                octets[octets.index(b"<env:Envelope") :].split(b"\r\n--")[0]
            )
            body = envelope[1][0]
            feed = etree.QName(body).localname.startswith("PRPA")
            said = accepted() if feed else answer(body)
            if isinstance(said, int):
                self.send_error(said)
                return
            status, content = 200, write_envelope("urn:x", None, said)
            if said == "fault":
                fault = SoapFault(code=FaultCode.RECEIVER, reason="no")
                status, content = 500, fault_envelope(fault)
            self.send_response(status)
            self.send_header("Content-Type", SOAP_TYPE)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
