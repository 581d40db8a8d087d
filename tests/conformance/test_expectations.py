"""Each expectation holds for what it describes, and for nothing that differs in one thing."""

from pathlib import Path

import pytest
from lxml import etree

from naru.conformance import contents, expectations
from naru.conformance.steps.register import REGISTRY_RESPONSE
from naru.conformance.steps.stored_query import RESPONSE
from naru.conformance.wire import Reply
from naru.formats.soap import FaultCode, SoapFault
from tests.conformance.plans import (
    A_FOLDER,
    A_SET,
    APPROVED,
    DEPRECATED,
    FAILURE,
    SUCCESS,
    association,
    document,
    found,
    package,
    query,
    registry_response,
    the_step,
    write,
)

PARTIAL = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"
RPLC = "urn:ihe:iti:2007:AssociationType:RPLC"
S, D, E, F = "urn:uuid:s", "urn:uuid:d", "urn:uuid:e", "urn:uuid:f"
SET, FOLDER = package(S, A_SET), package(F, A_FOLDER)
ONE = (SET, document(D), association(S, D))
IN_FOLDER = (
    *(SET, FOLDER, document(D), association(S, D), association(S, F)),
    association(F, D, id_="urn:uuid:m"),
    association(S, "urn:uuid:m"),
)


def faults(expected: str, *objects: str) -> list[str]:
    parts = list(etree.fromstring(f"<ExpectedContents>{expected}</ExpectedContents>"))
    contents.require_known(parts)
    body = etree.fromstring(found(*objects))
    return list(contents.check(parts, body, lambda use: use.get("id", "")))


@pytest.mark.parametrize(
    ("expected", "objects"),
    [
        ("<SSwithOneDoc/><DocApp/><SSApproved/>", ONE),
        ("<SSwithTwoDoc/>", (*ONE, document(E), association(S, E))),
        ("<SSwithOneDocOneFol/><FolApp/>", IN_FOLDER),
        ("<SSwithOneFol/>", (SET, FOLDER, association(S, F))),
        ("<None/><NoDocument/><NoSubmissionSet/>", ()),
        ("<OneDocApp/><OneDocDep/>", (document(D), document(E, DEPRECATED))),
        ("<DocDep/>", (document(D, DEPRECATED),)),
        ("<HasRPLC/>", (association(E, D, RPLC),)),
        ("<Documents count='1'/><Associations count='0'/>", (document(D),)),
        ("<ObjectRefs count='1'/>", ('<r:ObjectRef id="urn:uuid:d"/>',)),
    ],
)
def test_what_is_described_is_found(expected: str, objects: tuple[str, ...]) -> None:
    assert faults(expected, *objects) == []


@pytest.mark.parametrize(
    ("expected", "objects"),
    [
        ("<SSwithOneDoc/>", (SET, document(D))),
        ("<SSwithOneDoc/>", (SET, document(D), association(S, E))),
        ("<SSwithOneDoc/>", (SET, document(D), association(S, D, RPLC))),
        ("<SSwithOneDoc/>", (package(S, A_SET, DEPRECATED), document(D), association(S, D))),
        ("<SSwithOneDoc/>", (*ONE, document(E))),
        ("<SSwithTwoDoc/>", ONE),
        ("<SSwithTwoDoc/>", (*ONE, document(E), association(S, D))),
        ("<SSwithOneDocOneFol/>", IN_FOLDER[:-1]),
        ("<SSwithOneDocOneFol/>", (*IN_FOLDER[:-2], *IN_FOLDER[-1:], association(D, F))),
        ("<SSwithTwoDocOneFol/>", IN_FOLDER),
        ("<SSwithOneFol/>", (SET, FOLDER, association(F, S))),
        ("<None/>", ('<r:ObjectRef id="x"/>',)),
        ("<None/>", (association(S, D),)),
        ("<DocApp/>", (document(D), document(E, DEPRECATED))),
        ("<DocApp/>", ()),
        ("<DocDep/>", ()),
        ("<FolApp/>", ()),
        ("<FolDep/>", (FOLDER,)),
        ("<OneDocApp/>", (document(D), document(E))),
        ("<OneDocDep/>", ()),
        ("<HasRPLC/>", (association(S, D),)),
        ("<HasRPLC/>", (association(S, D, RPLC), association(E, D, RPLC))),
        ("<HasSnapshotPattern/>", ONE),
        ("<Documents count='2'/>", (document(D),)),
        ("<ObjectRefs count='1'/>", ('<r:ObjectRef id="x"/>', document(D))),
        ("<SubmissionSets count='1'/>", (FOLDER,)),
        ("<Folders count='1'/>", (SET,)),
    ],
)
def test_what_differs_in_one_thing_fails(expected: str, objects: tuple[str, ...]) -> None:
    assert faults(expected, *objects)


def entries(kind: str, *ids: str) -> str:
    listed = "".join(f"<DocumentEntry><UseId id='{one}'/></DocumentEntry>" for one in ids)
    return f"<DocumentEntries><{kind}>{listed}</{kind}></DocumentEntries>"


def test_entries_are_named_one_by_one() -> None:
    two = (document(D), document(E))
    assert faults(entries("Include", D), *two) == []
    assert faults(entries("Include", F), *two)
    assert faults(entries("MustOnlyInclude", D, E), *two) == []
    assert faults(entries("MustOnlyInclude", D), *two)
    assert faults(entries("Exclude", F), *two) == []
    assert faults(entries("Exclude", D), *two)
    of_type = "<DocumentEntries><DocumentEntryType>urn:x</DocumentEntryType></DocumentEntries>"
    assert faults(of_type, *two)


def judged(tmp_path: Path, body: str, more: str = "", status: str = "Success") -> list[str]:
    write(tmp_path, "1", "a", query(status=status, more=more))
    _, step = the_step(tmp_path)
    tag = RESPONSE if "AdhocQueryResponse" in body else REGISTRY_RESPONSE
    return list(expectations.of_registry_response(step, Reply(etree.fromstring(body)), tag))


CODE = "<ExpectedErrorCode>XDSRegistryError</ExpectedErrorCode>"
SAYS = "<ExpectedErrorMessage>XDSUnknown: why</ExpectedErrorMessage>"
WARNING = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Warning"


@pytest.mark.parametrize(
    ("status", "more", "body"),
    [
        ("Success", "", registry_response()),
        ("Success", "", registry_response(SUCCESS, "XDSRegistryError", severity=WARNING)),
        ("Success", CODE, registry_response(SUCCESS, "XDSRegistryError", severity=WARNING)),
        ("Failure", CODE, registry_response(FAILURE, "Other", "XDSRegistryError")),
        ("Failure", SAYS, registry_response(FAILURE, "XDSUnknown")),
        ("PartialSuccess", "", registry_response(PARTIAL, "XDSRegistryError")),
        ("Success,PartialSuccess", "", registry_response(PARTIAL, "XDSRegistryError")),
    ],
)
def test_the_expected_answer_passes(tmp_path: Path, status: str, more: str, body: str) -> None:
    assert judged(tmp_path, body, more, status) == []


@pytest.mark.parametrize(
    ("status", "more", "body"),
    [
        ("Success", "", registry_response(FAILURE, "XDSRegistryError")),
        ("Success", "", registry_response(SUCCESS, "XDSRegistryError")),
        ("Success", "", registry_response("Success")),
        ("Success", CODE, registry_response()),
        ("Failure", "", registry_response()),
        ("Failure", "", registry_response(FAILURE)),
        ("Failure", CODE, registry_response(FAILURE, "Other")),
        ("Failure", SAYS, registry_response(FAILURE, "XDSUnknownOther")),
        ("PartialSuccess", "", registry_response(PARTIAL.replace("ihe:iti:2007", "oasis"), "X")),
        ("Fault", "", registry_response()),
        ("Success", "", "<RegistryResponse/>"),
    ],
)
def test_another_answer_fails(tmp_path: Path, status: str, more: str, body: str) -> None:
    assert judged(tmp_path, body, more, status)


def test_a_fault_passes_only_where_it_is_expected(tmp_path: Path) -> None:
    write(tmp_path, "1", "a", query(status="Fault"))
    write(tmp_path, "1", "b", query())
    fault = SoapFault(code=FaultCode.RECEIVER, reason="no")
    reply = Reply(etree.fromstring("<f/>"), fault)
    from naru.conformance.library import open_library

    expected, unexpected = open_library([tmp_path]).steps.values()
    assert list(expectations.of_registry_response(expected, reply, RESPONSE)) == []
    assert list(expectations.of_registry_response(unexpected, reply, RESPONSE))


def test_every_answer_to_a_query_is_of_its_own_kind(tmp_path: Path) -> None:
    assert judged(tmp_path, found()) == []
    assert APPROVED != DEPRECATED
