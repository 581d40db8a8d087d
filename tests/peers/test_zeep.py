"""Zeep: a SOAP client that builds each message from the WSDLs and schemas that IHE published.

Zeep sends no MTOM, so ITI-41 is not asked of it, and it knows no substitution groups, so it cannot
write the registry objects of ITI-42 (`rim:Identifiable` is abstract, ebRS 3.0 rim.xsd). What
it reads of them in an answer of ITI-18 it hands on as XML. Nor does it write text into elements
that may hold elements too, as HL7 v3 names do: people are told without a name and found by number.
"""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import requests
import zeep
from zeep.xsd.types.collection import UnionType

from naru.domain.identifiers import Identifier
from tests.end_to_end.institutions import CONTENT
from tests.peers import published
from tests.peers.mutual_tls import Institution

PEER: Final = "zeep 4.3"
APPROVED: Final = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
SUCCESS: Final = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
FIND_DOCUMENTS: Final = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
UNIQUE_ID: Final = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
INTERACTIONS: Final = "2.16.840.1.113883.1.6"
Service = Callable[[str, str], Any]

pytestmark = pytest.mark.xdist_group("zeep")


def at(door: str) -> pytest.MarkDecorator:
    return pytest.mark.peers(peer=PEER, door=door)


@pytest.fixture(scope="session")
def _unions_of_unions() -> Iterator[None]:
    """Mend what zeep 4.3 does not know: HL7 v3 codes are unions of unions, which are text too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(UnionType, "xmlvalue", lambda _, value: str(value))
        patch.setattr(UnionType, "pythonvalue", lambda _, value: value)
        yield


@pytest.fixture(scope="session")
def service(
    hub: Institution, cases: Path, tmp_path_factory: pytest.TempPathFactory, _unions_of_unions: None
) -> Service:
    """The operations of a published WSDL at a door of the node, by mutual TLS."""
    folder = published.lay_out(cases / "schemas", tmp_path_factory.mktemp("wsdl"))

    def of(wsdl: str, path: str) -> Any:
        session = requests.Session()
        session.trust_env = False  # The authority is the node's own, whatever the machine says.
        session.cert = (str(hub.certificate), str(hub.key))
        session.verify = str(hub.authority)
        transport = zeep.Transport(session=session, timeout=30, operation_timeout=30)
        # Not strict, since it would refuse every member of a substitution group.
        settings = zeep.Settings(strict=False)
        client = zeep.Client(str(folder / wsdl), transport=transport, settings=settings)
        (described,) = client.wsdl.services.values()
        (port,) = described.ports.values()
        address = f"https://127.0.0.1:{hub.port}{path}"
        return client.create_service(str(port.binding.name), address)

    return of


def slot(name: str, *values: str) -> dict[str, Any]:
    return {"name": name, "ValueList": {"_value_1": [{"Value": one} for one in values]}}


@at("ITI-18")
def test_zeep_finds_documents(service: Service, patient: Identifier, registered: str) -> None:
    registry = service("xds/iti18.wsdl", "/ihe/registry")
    answer = registry.DocumentRegistry_RegistryStoredQuery(
        ResponseOption={"returnType": "LeafClass", "returnComposedObjects": True},
        AdhocQuery={
            "id": FIND_DOCUMENTS,
            "Slot": [
                slot(
                    "$XDSDocumentEntryPatientId",
                    f"'{patient.value}^^^&{patient.authority}&ISO'",
                ),
                slot("$XDSDocumentEntryStatus", f"('{APPROVED}')"),
            ],
        },
    )
    assert answer.status == SUCCESS
    found = answer.RegistryObjectList._raw_elements
    unique_ids = [
        one.get("value")
        for entry in found
        for one in entry.iter("{*}ExternalIdentifier")
        if one.get("identificationScheme") == UNIQUE_ID
    ]
    assert registered in unique_ids


@at("ITI-43")
def test_zeep_takes_a_document_out_of_an_mtom_answer(
    service: Service, hub: Institution, registered: str
) -> None:
    repository = service("xds/iti43.wsdl", "/ihe/repository")
    asked = {"RepositoryUniqueId": hub.repository, "DocumentUniqueId": registered}
    answer = repository.DocumentRepository_RetrieveDocumentSet(DocumentRequest=[asked])
    assert answer.RegistryResponse.status == SUCCESS
    (document,) = answer.DocumentResponse
    assert document.DocumentUniqueId == registered
    assert document.Document == CONTENT


def device(root: str) -> dict[str, Any]:
    return {"classCode": "DEV", "determinerCode": "INSTANCE", "id": [{"root": root}]}


def wrapped(interaction: str, act: dict[str, Any]) -> dict[str, Any]:
    """The transmission wrapper around a control act, as keyword arguments."""
    trigger = interaction.replace("_IN", "_TE")
    return {
        "ITSVersion": "XML_1.0",
        "id": {"root": f"2.25.{uuid.uuid4().int}"},
        "creationTime": {"value": "20261101090000"},
        "interactionId": {"root": INTERACTIONS, "extension": interaction},
        "processingCode": {"code": "P"},
        "processingModeCode": {"code": "T"},
        "acceptAckCode": {"code": "AL"},
        "receiver": [{"typeCode": "RCV", "device": device("2.999.31")}],
        "sender": {"typeCode": "SND", "device": device("2.999.30")},
        "controlActProcess": {
            "classCode": "CACT",
            "moodCode": "EVN",
            "code": {"code": trigger, "codeSystem": INTERACTIONS},
            **act,
        },
    }


def query(parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "queryByParameter": {
            "queryId": {"root": f"2.25.{uuid.uuid4().int}"},
            "statusCode": {"code": "new"},
            "responsePriorityCode": {"code": "I"},
            "parameterList": parameters,
            **more,
        }
    }


def added(number: Identifier) -> dict[str, Any]:
    return wrapped(
        "PRPA_IN201301UV02",
        {
            "subject": [
                {
                    "typeCode": "SUBJ",
                    "registrationEvent": {
                        "classCode": "REG",
                        "moodCode": "EVN",
                        "id": [{"nullFlavor": "NA"}],
                        "statusCode": {"code": "active"},
                        "subject1": {"typeCode": "SBJ", "patient": a_patient(number)},
                        "custodian": {
                            "typeCode": "CST",
                            "assignedEntity": {
                                "classCode": "ASSIGNED",
                                "id": [{"root": "2.999.30"}],
                            },
                        },
                    },
                }
            ]
        },
    )


def a_patient(number: Identifier) -> dict[str, Any]:
    return {
        "classCode": "PAT",
        "id": [{"root": number.authority, "extension": number.value}],
        "statusCode": {"code": "active"},
        "patientPerson": {
            "classCode": "PSN",
            "determinerCode": "INSTANCE",
            "name": [{"nullFlavor": "NI"}],
            "administrativeGenderCode": {"code": "F", "codeSystem": "2.16.840.1.113883.5.1"},
            "birthTime": {"value": "19900101"},
        },
        "providerOrganization": {
            "classCode": "ORG",
            "determinerCode": "INSTANCE",
            "id": [{"root": number.authority}],
            "contactParty": [{"classCode": "CON", "telecom": [{"value": "tel:+82-00-000-0000"}]}],
        },
    }


@pytest.fixture(scope="session")
def fed(service: Service, hub: Institution) -> Identifier:
    """The number of a person whom zeep told the node of."""
    number = Identifier(f"TEST-{uuid.uuid4().hex[:12].upper()}", f"{hub.oid}.1")
    manager = service("hl7v3/iti44-pix.wsdl", "/ihe/pix")
    answer = manager.PIXManager_PRPA_IN201301UV02(**added(number))
    assert answer.acknowledgement[0].typeCode.code == "CA", answer
    return number


@at("ITI-44")
def test_zeep_tells_of_a_patient(fed: Identifier) -> None:
    assert fed.value.startswith("TEST-")


@at("ITI-45")
def test_zeep_asks_for_identifiers(service: Service, fed: Identifier, patient: Identifier) -> None:
    manager = service("hl7v3/iti45.wsdl", "/ihe/pix")
    parameters = {
        "dataSource": [
            {
                "value": [{"root": patient.authority}],
                "semanticsText": {},
            }
        ],
        "patientIdentifier": [
            {
                "value": [{"root": fed.authority, "extension": fed.value}],
                "semanticsText": {},
            }
        ],
    }
    answer = manager.PIXManager_PRPA_IN201309UV02(**wrapped("PRPA_IN201309UV02", query(parameters)))
    assert answer.acknowledgement[0].typeCode.code == "AA"
    (subject,) = answer.controlActProcess.subject
    (found,) = subject.registrationEvent.subject1.patient.id
    assert found.root == patient.authority


@at("ITI-47")
def test_zeep_finds_a_patient_by_identifier(service: Service, fed: Identifier) -> None:
    supplier = service("hl7v3/iti47.wsdl", "/ihe/pdq")
    parameters = {
        "livingSubjectId": [
            {
                "value": [{"root": fed.authority, "extension": fed.value}],
                "semanticsText": {},
            }
        ]
    }
    answer = supplier.PDSupplier_PRPA_IN201305UV02(
        **wrapped("PRPA_IN201305UV02", query(parameters, responseModalityCode={"code": "R"}))
    )
    assert answer.acknowledgement[0].typeCode.code == "AA"
    (subject,) = answer.controlActProcess.subject
    told = subject.registrationEvent.subject1.patient
    assert (fed.authority, fed.value) in [(one.root, one.extension) for one in told.id]
    assert told.patientPerson.birthTime.value == "19900101"
