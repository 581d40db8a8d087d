"""A consent paper with its signature beside it (IHE DSG), by ITI-41 and by ITI-65, over sockets."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from naru.audit.records import Outcome
from naru.domain.identifiers import Identifier, new_uuid_urn
from naru.domain.korea import korean_day
from naru.domain.privacy_policies import Policy
from naru.domain.xds import Association, AssociationType, DocumentEntry, Submission
from naru.formats.fhir.mhd import profiles, provide_bundle_written
from naru.formats.xmldsig import PrivateKey, sign_detached
from tests.end_to_end import people
from tests.end_to_end.institutions import HUB_A, HUB_B, Exchange, consent_entry, signature_entry
from tests.end_to_end.mhd import Consumer, issue
from tests.exchange import papers
from tests.registry.synthetic import in_the_name_of

GRANT = Policy.CONSENT_WHOLE
_KEPT = """
from naru.consent import papers
from naru.domain.identifiers import Identifier
from naru.formats.xmldsig import read_detached
from naru.patients import queries as patients
patient = patients.resolve(Identifier(sys.argv[1], sys.argv[2])).patient
kept = [papers.of_act(act) for act in papers.acts_with_papers(patient)]
print(json.dumps([read_detached(one.signature).purpose for one in kept]))
"""


@dataclass(frozen=True)
class Signed:
    """A paper and its signature with their entries."""

    entries: tuple[DocumentEntry, DocumentEntry]
    contents: tuple[bytes, bytes]
    association: Association


def signed(exchange: Exchange, patient: Identifier, by: str, *, forged: bool = False) -> Signed:
    now, paper = datetime.now(UTC), consent_entry(patient, GRANT)
    octets = papers.paper(paper.unique_id, patient, GRANT, signed=now, from_date=korean_day(now))
    key = load_pem_private_key((exchange.folder / f"{by}.key").read_bytes(), None)
    assert isinstance(key, PrivateKey)
    known = x509.load_pem_x509_certificate((exchange.folder / f"{by}.pem").read_bytes())
    signature = sign_detached(
        octets + b" " if forged else octets,
        document=paper.unique_id,
        key=key,
        certificate=known.public_bytes(Encoding.DER),
        time=now,
    )
    paper = replace(paper, hash=hashlib.sha1(octets).hexdigest(), size=len(octets))
    beside = signature_entry(patient, signature)
    association = Association(
        entry_uuid=new_uuid_urn(),
        type=AssociationType.SIGNS,
        source=beside.entry_uuid,
        target=paper.entry_uuid,
    )
    return Signed((paper, beside), (octets, signature), association)


def sent(patient: Identifier, brought: Signed) -> Submission:
    whole = people.submission(patient, *brought.entries)
    whole = replace(whole, associations=(*whole.associations, brought.association))
    return in_the_name_of(whole, HUB_A)


def by_soap(exchange: Exchange, patient: Identifier, brought: Signed) -> list[str]:
    return exchange.caller(HUB_A).provide(sent(patient, brought), *brought.contents).errors


def in_bundle(whole: Submission, contents: Sequence[bytes], profile: str) -> dict[str, Any]:
    """The same submission as a Bundle of MHD."""
    documents = {
        entry.entry_uuid: base64.b64encode(content).decode()
        for entry, content in zip(whole.entries, contents, strict=True)
    }
    own, fresh = whole.submission_set.entry_uuid, new_uuid_urn()
    whole = replace(
        whole,
        submission_set=replace(whole.submission_set, entry_uuid=fresh),
        associations=tuple(
            replace(one, source=fresh) if one.source == own else one for one in whole.associations
        ),
    )
    return provide_bundle_written.to_fhir(whole, documents, profile=profile)


def by_fhir(exchange: Exchange, patient: Identifier, brought: Signed) -> list[str]:
    caller = exchange.caller(HUB_A)
    assert caller.tls is not None
    consumer = Consumer(f"https://127.0.0.1:{exchange.node.tls_port}/fhir", caller.tls)
    bundle = in_bundle(sent(patient, brought), brought.contents, profiles.COMPREHENSIVE)
    answer = consumer.provide(bundle)
    return [] if answer.status_code == 200 else [issue(answer)[1]]


DOORS = {"ITI-41": by_soap, "ITI-65": by_fhir}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
def test_what_stands_is_kept_with_the_act(
    exchange: Exchange, door: Callable[[Exchange, Identifier, Signed], list[str]]
) -> None:
    patient = exchange.registered(HUB_A)
    last = exchange.node.last_record()
    assert door(exchange, patient, signed(exchange, patient, HUB_A)) == []
    (record,) = exchange.node.records_after(last)
    assert record.outcome is Outcome.SUCCESS
    kept = exchange.node.administer(_KEPT, patient.value, patient.authority)
    assert kept.strip() == '["1.2.840.10065.1.12.1.14"]'


@pytest.mark.parametrize(("by", "forged"), [(HUB_A, True), (HUB_B, False)])
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
def test_what_is_changed_or_another_s_is_refused_and_recorded(
    exchange: Exchange,
    door: Callable[[Exchange, Identifier, Signed], list[str]],
    by: str,
    *,
    forged: bool,
) -> None:
    patient = exchange.registered(HUB_A)
    last = exchange.node.last_record()
    brought = signed(exchange, patient, by, forged=forged)
    assert door(exchange, patient, brought) == ["XDSRepositoryMetadataError"]
    (record,) = exchange.node.records_after(last)
    assert record.outcome is not Outcome.SUCCESS
    assert exchange.node.administer(_KEPT, patient.value, patient.authority).strip() == "[]"
