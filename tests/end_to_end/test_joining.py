"""From recruiting to operation, to a suspension, a revocation and the end, at a running node.

What the institution's certificate opens is asked at the wire each time, over real sockets.
"""

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from naru.directory import procedures
from naru.domain.korea import korean_day
from tests.end_to_end import people
from tests.end_to_end.institutions import HUB_A, HUB_B, Exchange
from tests.end_to_end.node import ENTER, Node, environment, fresh_database
from tests.end_to_end.wire import Answer, Caller
from tests.registry.synthetic import in_the_name_of

_OPERATOR = """
from dataclasses import replace
from pathlib import Path
from django.conf import settings
from django.utils import timezone
from naru.directory import cases, certificates as kept, queries
from naru.domain.joining import Kind, Party, State
from naru.exchange.institutions import certificates
from naru.exchange.institutions import joining
from naru.exchange import identify
from naru.exchange.access import Access
def access():
    return Access(transaction="joining step", caller=identify.operator(), time=timezone.now())
def go(case, until):
    while case.state is State.OPEN and case.step != until:
        step = case.procedure.step(case.step)
        party = next(one for one in step.by if one not in case.signers(step.id))
        given = "TEST-" + case.id.hex[:8]
        content = {one.id: "yes" if one.agreed else given for one in step.fields}
        case = joining.record(access(), case.id, step.id, content, acting=party)
    return case
def recruit(hub, request, out):
    case = go(joining.recruit(access(), "시험이음의원", hub=UUID(hub)), "installation")
    made = joining.request_certificate(access(), case.id, Path(request).read_bytes())
    Path(out).write_bytes(made.certificate)
    oid = queries.by_id(case.institution, on=timezone.now()).oid
    return [str(case.id), str(case.institution), oid]
def proceed(case, until, out):
    case = go(cases.case(UUID(case)), until)
    for one in kept.of_institution(case.institution, on=timezone.now()):
        if not one.test:
            Path(out).write_bytes(one.pem)
    return [case.step]
def change(what, fingerprint):
    getattr(certificates, what)(access(), fingerprint)
    return []
def terminate(institution, steps):
    settings.NARU = replace(settings.NARU, joining=Path(steps))
    case = joining.begin(access(), Kind.TERMINATION, UUID(institution))
    content = {"reason": "시험", "until": ""}
    joining.record(access(), case.id, "notice", content, acting=Party.SPOKE)
    return []
for line in sys.stdin:
    name, *arguments = json.loads(line)
    print(json.dumps(globals()[name](*arguments)), flush=True)
"""


class Operator:
    """Whoever has the node's data folder: one process that does what it is told, a line each."""

    def __init__(self, node: Node) -> None:
        variables = dict(node.variables)
        variables |= {"NARU_DATA": str(node.data), "NARU_DATABASE": node.database}
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"{ENTER}\n{_OPERATOR}"],
            env=environment(**{name: value for name, value in variables.items() if value}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def does(self, *said: str) -> list[str]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(said) + "\n")
        self.process.stdin.flush()
        answer: list[str] = json.loads(self.process.stdout.readline())
        return answer

    def leave(self) -> None:
        self.process.communicate(timeout=30)


@dataclass
class Spoke:
    """An institution that joins, with a key that never leaves it."""

    exchange: Exchange
    operator: Operator
    folder: Path
    case: str = ""
    institution: str = ""
    oid: str = ""

    def __post_init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / "key.pem").write_bytes(pem)
        builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
        request = builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
        (self.folder / "request.pem").write_bytes(request)
        self.case, self.institution, self.oid = self.operator.does(
            "recruit",
            self.exchange.institutions[HUB_B],
            str(self.folder / "request.pem"),
            str(self.folder / "test.pem"),
        )

    def go(self, until: str) -> str:
        (step,) = self.operator.does("proceed", self.case, until, str(self.folder / "live.pem"))
        return step

    def at_wire(self, certificate: str = "live") -> Caller:
        """A new connection with one of its certificates."""
        authority = self.exchange.node.data / "ca" / "ca.pem"
        context = ssl.create_default_context(cafile=str(authority))
        context.load_cert_chain(self.folder / f"{certificate}.pem", self.folder / "key.pem")
        return Caller(self.exchange.node.tls_port, context, oid=self.oid)

    def feeds(self, certificate: str = "live") -> int:
        """The status of the answer to one more patient of its own."""
        return people.feed(self.at_wire(certificate), people.newcomer(f"{self.oid}.1")).status

    def change(self, what: str) -> None:
        pem = (self.folder / "live.pem").read_bytes()
        fingerprint = x509.load_pem_x509_certificate(pem).fingerprint(SHA256()).hex()
        self.operator.does("change", what, fingerprint)


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    with fresh_database() as database:
        found = Exchange.establish(tmp_path_factory.mktemp("joining"), database)
        found.node.start()
        yield found
        found.node.stop()


@pytest.fixture(scope="module")
def operator(exchange: Exchange) -> Iterator[Operator]:
    found = Operator(exchange.node)
    yield found
    found.leave()


@pytest.fixture
def spoke(exchange: Exchange, operator: Operator, tmp_path: Path) -> Spoke:
    return Spoke(exchange, operator, tmp_path)


def test_a_spoke_exchanges_from_operation_on_and_until_it_is_suspended_or_revoked(
    spoke: Spoke,
) -> None:
    assert spoke.feeds("test") == 403
    assert spoke.go("operation") == "operation"
    assert spoke.feeds("test") == 403
    spoke.go("")
    assert spoke.feeds() == 200
    assert spoke.feeds("test") == 403
    spoke.change("suspend")
    assert spoke.feeds() == 403
    spoke.change("resume")
    assert spoke.feeds() == 200
    spoke.change("revoke")
    assert spoke.feeds() == 403


def sent_as(spoke: Spoke, oid: str) -> Answer:
    """A document whose author and source say that it is the institution of `oid`."""
    exchange, caller = spoke.exchange, spoke.at_wire()
    patient = exchange.registered(HUB_A)
    today = f"{korean_day(datetime.now(UTC)):%Y%m%d}"
    entry = replace(people.entry(patient), service_start_time=today, service_stop_time=today)
    caller.oid = ""
    return caller.provide(in_the_name_of(people.submission(patient, entry), oid), b"x")


def test_a_number_that_is_unregistered_or_another_s_is_rejected_at_the_wire(
    spoke: Spoke,
) -> None:
    spoke.go("")
    for oid in ("2.999.404.1", HUB_A, f"{spoke.oid}0"):
        assert sent_as(spoke, oid).errors == ["XDSRegistryMetadataError"], oid
    assert "XDSRegistryMetadataError" not in sent_as(spoke, spoke.oid).errors


def test_access_ends_with_the_agreement(spoke: Spoke, tmp_path: Path) -> None:
    spoke.go("")
    assert spoke.feeds() == 200
    ours = json.loads((Path(procedures.__file__).parent / "data" / "joining.json").read_text())
    ours["termination"]["notice_days"] = 0  # Nobody waits thirty days for a test.
    steps = tmp_path / "joining.json"
    steps.write_text(json.dumps(ours), "utf-8")
    spoke.operator.does("terminate", spoke.institution, str(steps))
    assert spoke.feeds() == 403
