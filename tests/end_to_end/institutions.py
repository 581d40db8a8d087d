"""A node for real records: two hubs, a member, and those who are not admitted, by mutual TLS."""

import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from naru.domain.detached_signature import DETACHED
from naru.domain.dtm import from_datetime
from naru.domain.identifiers import Identifier, new_oid
from naru.domain.korea import korean_day
from naru.domain.patient_messages import II, Device, IdentifierRequest, Transmission
from naru.domain.patient_query import IdentifierQuery
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.domain.xds import DocumentEntry
from naru.formats.hl7v3 import read_identifier_response, write_identifier_request
from tests.end_to_end import people
from tests.end_to_end.node import Node
from tests.end_to_end.wire import PIX, PIX_QUERY_ACTION, Answer, Caller
from tests.exchange import papers

HUB_A, HUB_B, MEMBER_C, SUSPENDED = "2.999.100", "2.999.200", "2.999.201", "2.999.300"
STRANGER = "2.999.999"
GRANT, WITHDRAW = Policy.CONSENT_WHOLE, Policy.WITHDRAWAL_WHOLE
CONTENT = "<referral>건너가는 기록</referral>".encode()

_ESTABLISH = """
from pathlib import Path
from django.core.management import call_command
from naru.directory import services as directory
from naru.domain.institution import InstitutionKind
from naru.repository import services as repository
from naru.security.authority import create_authority
folder, hub_a, hub_b, member, suspended, stranger = sys.argv[1:]
call_command("migrate", verbosity=0)
authority = create_authority(options.authority, now)
def certified(oid):
    issued = authority.issue_client("Institution " + oid, [oid], now)
    issued.save(Path(folder, oid + ".pem"), Path(folder, oid + ".key"))
    return issued.fingerprint_sha256
def admitted(oid, kind, hub=None):
    one = directory.admit(name="시험 " + oid, kind=kind, on=today, oid=oid, hub=hub)
    directory.add_certificate(one.id, certified(oid), from_date=today)
    return one
a = admitted(hub_a, InstitutionKind.HUB)
b = admitted(hub_b, InstitutionKind.HUB)
c = admitted(member, InstitutionKind.MEMBER, b.id)
d = admitted(suspended, InstitutionKind.HUB)
directory.suspend(d.id, on=today)
certified(stranger)
for one, oid in ((a, hub_a), (b, hub_b), (d, suspended)):
    repository.establish(oid=oid + ".9", institution=one.id, name=oid)
print(json.dumps({oid: str(one.id) for oid, one in
    ((hub_a, a), (hub_b, b), (member, c), (suspended, d))}))
"""


@dataclass(kw_only=True)
class Exchange:
    """The node, its authority's certificate, and the institutions' surrogate ids by OID."""

    node: Node
    folder: Path
    institutions: dict[str, str]

    @classmethod
    def establish(cls, folder: Path, database: str) -> Self:
        codes = folder / "codes.json"
        patient = Identifier("TEST-0", people.DOMAIN)
        consents = [consent_entry(patient, policy) for policy in Policy]
        consents.append(signature_entry(patient))
        people.write_code_sets(codes, [people.submission(patient, *consents)])
        variables = {"NARU_AFFINITY_DOMAINS": people.DOMAIN, "NARU_CODES": str(codes)}
        node = Node(data=folder / "data", database=database, tls=True, variables=variables)
        node.data.mkdir()
        oids = (HUB_A, HUB_B, MEMBER_C, SUSPENDED, STRANGER)
        told = node.administer(_ESTABLISH, str(folder), *oids)
        return cls(node=node, folder=folder, institutions=json.loads(told))

    def caller(self, oid: str) -> Caller:
        """An institution as it calls: by TLS, with its certificate."""
        context = ssl.create_default_context(cafile=str(self.node.data / "ca" / "ca.pem"))
        context.load_cert_chain(self.folder / f"{oid}.pem", self.folder / f"{oid}.key")
        return Caller(self.node.tls_port, context, oid=oid)

    def registered(self, oid: str) -> Identifier:
        """One more patient of an institution, by their identifier of the affinity domain."""
        return affinity_identifier(self.caller(oid), self.fed(oid))

    def fed(self, oid: str) -> Identifier:
        """One more patient of an institution, by the identifier that the institution gave."""
        own = people.newcomer(f"{oid}.1")
        answer = people.feed(self.caller(oid), own)
        assert people.acknowledgement(answer) == "CA", answer.content
        return own


def affinity_identifier(caller: Caller, own: Identifier) -> Identifier:
    """What ITI-45 says that the exchange calls a person."""
    request = IdentifierRequest(
        transmission=Transmission(
            id=II(new_oid()),
            creation_time=from_datetime(datetime.now(UTC)),
            interaction="PRPA_IN201309UV02",
            sender=Device("2.999.30"),
            receiver=Device("2.999.31"),
        ),
        query_id=II(new_oid()),
        query=IdentifierQuery(patient=own, domains=(people.DOMAIN,)),
    )
    answer = caller.soap(PIX, PIX_QUERY_ACTION, write_identifier_request(request))
    (found,) = read_identifier_response(answer.body).identifiers
    return found


def consent_entry(patient: Identifier, policy: Policy) -> DocumentEntry:
    """The entry of a consent document that acknowledges one policy, from today on."""
    return papers.described(people.entry(patient), policy, korean_day(datetime.now(UTC)))


def signature_entry(patient: Identifier, content: bytes = b"") -> DocumentEntry:
    """The entry of the signature of a consent document (IHE DSG)."""
    return replace(
        people.entry(patient, content),
        format_code=DETACHED,
        type_code=privacy_policies().class_code,
        mime_type="text/xml",
    )


def consents(
    caller: Caller, patient: Identifier, policy: Policy, *, received: Sequence[Caller] = ()
) -> DocumentEntry:
    """The patient signs at the caller's desk; the consent document is sent and in force.

    Then `received` treat the patient: they read what others wrote.
    """
    entry, now = consent_entry(patient, policy), datetime.now(UTC)
    content = papers.paper(entry.unique_id, patient, policy, signed=now, from_date=korean_day(now))
    answer = caller.provide(people.submission(patient, entry), content)
    assert answer.errors == [], answer.content
    for one in received:
        one.receives(patient)
    return entry


def registers(
    caller: Caller, patient: Identifier, content: bytes = CONTENT, recipient: str = ""
) -> tuple[DocumentEntry, Answer]:
    """An institution sends one document."""
    today = f"{korean_day(datetime.now(UTC)):%Y%m%d}"
    entry = replace(
        people.entry(patient, content), service_start_time=today, service_stop_time=today
    )
    sent = people.submission(patient, entry, recipient=recipient)
    return entry, caller.provide(sent, content)
