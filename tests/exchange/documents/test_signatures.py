"""A signature beside a paper stands only whole, of these octets, and by somebody believed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from naru.audit.records import Outcome
from naru.consent import papers as kept
from naru.consent import queries as consent
from naru.directory import services as directory
from naru.domain.detached_signature import DETACHED
from naru.domain.identifiers import new_uuid_urn
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.domain.registry_errors import RegistryFailure, Severity
from naru.domain.xds import Association, AssociationType, DocumentEntry
from naru.exchange.access import Access
from naru.exchange.documents.provide_and_register import provide_and_register
from naru.exchange.patients import whole_person
from naru.formats.cda.consent_paper import read_paper
from naru.formats.xmldsig import read_detached, sign_detached
from naru.registry.values import Registered
from naru.security.authority import Authority, create_authority
from naru.security.signing import signer
from tests.exchange import papers
from tests.exchange.hospitals import TODAY, Hospital, Patient, a_record, bytes_of
from tests.registry.synthetic import code, in_the_name_of, submission

GRANT, WITHDRAW = Policy.CONSENT_WHOLE, Policy.WITHDRAWAL_WHOLE
CONSENTS = privacy_policies().class_code
LATER = timedelta(minutes=10)


@dataclass(frozen=True)
class Signer:
    """A key with its certificate in DER."""

    key: Any
    certificate: bytes

    @classmethod
    def of(cls, authority: Authority, name: str, now: datetime) -> "Signer":
        issued = authority.issue_client(name, ["2.999.7"], now)
        der = x509.load_pem_x509_certificate(issued.certificate).public_bytes(Encoding.DER)
        return cls(load_pem_private_key(issued.key, None), der)


@pytest.fixture
def authority(tmp_path: Path, settings: Any) -> Authority:
    """An authority of others, whose people's signatures the operator believes."""
    made = create_authority(tmp_path / "others", datetime.fromisoformat("2026-11-01T00:00:00Z"))
    settings.NARU = replace(settings.NARU, signers=(tmp_path / "others" / "ca.pem",))
    return made


@pytest.fixture
def doctor(authority: Authority) -> Signer:
    return Signer.of(authority, "doctor", datetime.fromisoformat("2026-11-02T00:00:00Z"))


def signature_of(patient: Patient, uuid: str = "signature") -> DocumentEntry:
    return replace(
        a_record(patient, uuid=uuid),
        format_code=DETACHED,
        type_code=CONSENTS,
        mime_type="text/xml",
        language_code="art",
    )


def brings(  # noqa: PLR0913  # What a test may say otherwise of a signed paper, all named.
    hospital: Hospital,
    patient: Patient,
    by: Signer,
    *,
    policy: Policy = GRANT,
    time: Callable[[datetime], datetime] = lambda now: now,
    changed: Callable[[bytes], bytes] = lambda octets: octets,
    of_it: Callable[[DocumentEntry], DocumentEntry] = lambda entry: entry,
    signs: bool = True,
) -> tuple[Access, Registered]:
    """ITI-41 of a paper and of its signature; the paper is changed after it was signed."""
    access = hospital.access("ITI-41")
    entry = papers.described(a_record(patient, uuid="paper"), policy, TODAY)
    octets = papers.paper(entry.unique_id, patient.own, policy, signed=access.time, from_date=TODAY)
    signed = sign_detached(
        octets,
        document=entry.unique_id,
        key=by.key,
        certificate=by.certificate,
        time=time(access.time),
    )
    signature = of_it(signature_of(patient))
    documents = {
        entry.entry_uuid: bytes_of(changed(octets)),
        signature.entry_uuid: bytes_of(signed),
    }
    sent = submission(patient.affinity_id, entry, signature)
    if signs:
        link = Association(
            entry_uuid=new_uuid_urn(),
            type=AssociationType.SIGNS,
            source=signature.entry_uuid,
            target=entry.entry_uuid,
        )
        sent = replace(sent, associations=(*sent.associations, link))
    sent = in_the_name_of(sent, hospital.oid)
    return access, provide_and_register(access, sent, documents, read_paper, read_detached)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(RegistryFailure) as refusal:
        act()
    (error,) = refusal.value.errors
    return f"{error.code}: {error.context}"


@pytest.mark.parametrize("policy", [GRANT, WITHDRAW])
@pytest.mark.parametrize("signs", [True, False], ids=["by the association", "by its manifest"])
def test_what_stands_is_kept_with_the_act(policy: Policy, doctor: Signer, *, signs: bool) -> None:
    a = Hospital()
    patient = a.patient()
    access, registered = brings(a, patient, doctor, policy=policy, signs=signs)
    (act,) = whole_person.acts(patient.key)
    found = kept.of_act(act.id)
    assert found is not None
    assert read_detached(found.signature).certificates[0] == doctor.certificate
    assert read_paper(found.content).policy is policy
    assert registered.warnings == ()
    assert (access.outcome, access.recorded is not None) == (Outcome.SUCCESS, True)


def test_the_node_s_own_signature_is_believed(authority: Authority) -> None:
    a, own = Hospital(), signer()
    brings(a, a.patient(), Signer(own.key, own.certificate))


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "changed after it was signed": (
        {"changed": lambda octets: octets.replace("김나루".encode(), "김너루".encode())},
        "The document is not the one that was signed.",
    ),
    "signed tomorrow": (
        {"time": lambda now: now + timedelta(days=1)},
        "The signing time is yet to come.",
    ),
    "signed before it was written": (
        {"time": lambda now: now - timedelta(days=1)},
        "The signature is older than the paper.",
    ),
}


@pytest.mark.parametrize(("wrong", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_what_does_not_stand_is_refused_and_nothing_is_done(
    wrong: dict[str, Any], sentence: str, doctor: Signer
) -> None:
    a = Hospital()
    patient = a.patient()
    told = refused(lambda: brings(a, patient, doctor, **wrong))
    assert told == f"XDSRepositoryMetadataError: {sentence}"
    assert consent.snapshot(patient.key) is None


@pytest.mark.parametrize(("wrong", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_where_the_operator_flags_it_is_taken_with_a_warning_and_not_kept_with_the_act(
    wrong: dict[str, Any], sentence: str, doctor: Signer, settings: Any
) -> None:
    settings.NARU = replace(settings.NARU, signatures="flag")
    a = Hospital()
    patient = a.patient()
    access, registered = brings(a, patient, doctor, **wrong)
    (warning,) = registered.warnings
    assert (warning.context, warning.severity) == (sentence, Severity.WARNING)
    (act,) = whole_person.acts(patient.key)
    assert kept.of_act(act.id) is None
    assert access.errors == [f"signature: {sentence}"]


def test_nobody_s_signature_is_refused(tmp_path: Path, doctor: Signer, settings: Any) -> None:
    """Of an authority that the operator does not believe, and after its time."""
    a = Hospital()
    patient = a.patient()
    made = datetime.fromisoformat("2026-11-02T00:00:00Z")
    stranger = Signer.of(create_authority(tmp_path / "strangers", made), "stranger", made)
    sentence = "XDSRepositoryMetadataError: The certificate is not believed."
    assert refused(lambda: brings(a, patient, stranger)) == sentence
    settings.NARU = replace(settings.NARU, signers=())
    assert refused(lambda: brings(a, patient, doctor)) == sentence


def test_a_certificate_whose_time_is_over_signs_nothing(authority: Authority) -> None:
    a = Hospital()
    old = Signer.of(authority, "old", datetime.fromisoformat("2023-11-02T00:00:00Z"))
    assert "not believed" in refused(lambda: brings(a, a.patient(), old))


def test_of_our_own_authority_only_the_sender_s_certificate_in_force_signs(
    tmp_path: Path, settings: Any
) -> None:
    copytree(settings.NARU.keys, tmp_path / "keys")
    settings.NARU = replace(settings.NARU, data=tmp_path)
    made = datetime.fromisoformat("2026-11-02T00:00:00Z")
    ours = create_authority(tmp_path / "ca", made)
    a, b = Hospital(), Hospital()
    of_a, of_b = Signer.of(ours, "a", made), Signer.of(ours, "b", made)
    sentence = "not one of the sender's that is in force"
    assert sentence in refused(lambda: brings(a, a.patient(), of_a))  # Nobody was given it.
    for hospital, by in ((a, of_a), (b, of_b)):
        known = x509.load_der_x509_certificate(by.certificate)
        directory.add_certificate(
            hospital.id, known.fingerprint(SHA256()).hex(), from_date=made.date()
        )
    assert sentence in refused(lambda: brings(a, a.patient(), of_b))
    brings(a, a.patient(), of_a)


def test_a_consent_paper_s_signature_is_shown_to_its_own_institution_alone(
    doctor: Signer,
) -> None:
    a, b = Hospital(), Hospital()
    patient = a.patient()
    _, registered = brings(a, patient, doctor)
    ids = {one.unique_id for one in registered.submission.entries}
    assert len(ids) == 2
    assert a.finds(patient) == ids
    assert b.finds(patient) == set()


def test_under_another_type_it_would_be_shown_so_it_is_refused(doctor: Signer) -> None:
    a = Hospital()
    another = code("another")
    told = refused(
        lambda: brings(
            a, a.patient(), doctor, of_it=lambda entry: replace(entry, type_code=another)
        )
    )
    assert "typeCode" in told
