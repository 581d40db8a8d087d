"""A Document Source and a Document Consumer of MHD over real sockets."""

import base64
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx

from naru.domain.identifiers import Identifier, new_oid, new_uuid_urn
from naru.domain.xds import Association, DocumentEntry, Submission
from naru.formats.fhir import json as fhir_json
from naru.formats.fhir import validation
from naru.formats.fhir.mhd import profiles, provide_bundle_written
from tests.end_to_end import people

JSON = "application/fhir+json"


@dataclass
class Consumer:
    """Whoever speaks FHIR to the node at `base`."""

    base: str
    verify: ssl.SSLContext | bool = True

    @property
    def http(self) -> httpx.Client:
        return httpx.Client(verify=self.verify)

    def get(self, address: str, **headers: str) -> httpx.Response:
        with self.http as client:
            return client.get(address, headers=headers)

    def provide(self, bundle: Mapping[str, Any], syntax: str = JSON) -> httpx.Response:
        content = fhir_json.to_json(dict(bundle))
        with self.http as client:
            return client.post(self.base, content=content, headers={"content-type": syntax})

    def search(self, kind: str = "DocumentReference", **asked: str) -> httpx.Response:
        query = {name.replace("__", "."): value for name, value in asked.items()}
        with self.http as client:
            return client.get(f"{self.base}/{kind}", params=query)

    def found(self, kind: str = "DocumentReference", **asked: str) -> list[dict[str, Any]]:
        """The matches of all pages."""
        answer = self.search(kind, **asked)
        found: list[dict[str, Any]] = []
        while True:
            assert answer.status_code == 200, answer.text
            bundle = checked(answer)
            found += [entry["resource"] for entry in bundle.get("entry", ())]
            following = [one["url"] for one in bundle["link"] if one["relation"] == "next"]
            if not following:
                return found
            answer = self.get(following[0])


def checked(answer: httpx.Response) -> dict[str, Any]:
    """The resource of an answer, sound by the element table."""
    resource = fhir_json.from_json(answer.content)
    assert validation.faults(resource) == ()
    return resource


def issue(answer: httpx.Response) -> tuple[int, str]:
    """The status and the code of Document Sharing of a refusal."""
    outcome = checked(answer)
    assert outcome["resourceType"] == "OperationOutcome", outcome
    return answer.status_code, outcome["issue"][0].get("details", {}).get("text", "")


def place(answer: httpx.Response) -> str:
    return str(checked(answer)["issue"][0].get("expression", [""])[0])


def named(patient: Identifier) -> str:
    return f"urn:oid:{patient.authority}|{patient.value}"


def bundle(
    patient: Identifier,
    *contents: bytes,
    profile: str = profiles.COMPREHENSIVE,
    associations: Sequence[Association] = (),
    entries: Sequence[DocumentEntry] | None = None,
    **changes: object,
) -> dict[str, Any]:
    """A Bundle of fresh documents with these bytes."""
    described = entries or [people.entry(patient, content) for content in contents]
    sent = people.submission(patient, *described)
    whole = Submission(
        submission_set=replace(sent.submission_set, entry_uuid=new_uuid_urn(), **changes),  # type: ignore[arg-type]
        entries=tuple(described),
        associations=(),
    )
    own = sent.submission_set.entry_uuid
    members = [
        replace(one, source=whole.submission_set.entry_uuid)
        for one in sent.associations
        if one.source == own
    ]
    whole = replace(whole, associations=(*members, *associations))
    documents = {
        entry.entry_uuid: base64.b64encode(content).decode("ascii")
        for entry, content in zip(described, contents, strict=True)
    }
    return provide_bundle_written.to_fhir(whole, documents, profile=profile)


def resources(sent: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [
        entry["resource"] for entry in sent["entry"] if entry["resource"]["resourceType"] == kind
    ]


def fresh(sent: dict[str, Any], patient: Identifier) -> dict[str, Any]:
    """A published Bundle about this patient, with uniqueIds that nobody has yet."""
    for resource in (*resources(sent, "List"), *resources(sent, "DocumentReference")):
        resource["subject"] = {
            "identifier": {"system": f"urn:oid:{patient.authority}", "value": patient.value}
        }
        # Those of the examples have more characters than an OID may have.
        own = {"system": "urn:ietf:rfc:3986", "value": f"urn:oid:{new_oid()}"}
        if resource["resourceType"] == "List":
            resource["identifier"] = [{"use": "usual", **own}]
        else:
            resource["masterIdentifier"] = own
    return sent
