from pathlib import Path
from ssl import PEM_cert_to_DER_cert

import pytest

from naru.directory import services as directory
from naru.domain.caller import Role
from naru.domain.decision import Act, Reason
from naru.domain.institution import InstitutionKind
from naru.exchange import identify
from naru.exchange.access import Access
from naru.exchange.decide import Deciding
from naru.registry.values import Indexed
from naru.security.authority import create_authority
from tests import receptions
from tests.exchange.hospitals import TODAY, Hospital, now


@pytest.mark.parametrize(
    ("kind", "role", "reason"),
    [
        (InstitutionKind.HUB, Role.SYSTEM, Reason.TREATMENT),
        (InstitutionKind.MEMBER, Role.SYSTEM, Reason.TREATMENT),
        (InstitutionKind.AGENCY, Role.AGENCY_CLERK, Reason.NO_TREATMENT_RELATION),
        (InstitutionKind.INSURER, Role.INSURER_CLERK, Reason.NO_TREATMENT_RELATION),
        (InstitutionKind.OPERATOR, Role.OPERATOR, Reason.WRONG_ROLE),
    ],
)
def test_only_an_institution_of_care_counts_as_treating(
    kind: InstitutionKind, role: Role, reason: Reason, tmp_path: Path
) -> None:
    hospital = Hospital()
    patient = hospital.patient()
    patient.consents()
    oid = "2.999.7"
    issued = create_authority(tmp_path / "ca", now()).issue_client("시험기관", [oid], now())
    hub = hospital.id if kind is InstitutionKind.MEMBER else None
    institution = directory.admit(name="시험기관", kind=kind, on=TODAY, oid=oid, hub=hub)
    directory.add_certificate(institution.id, issued.fingerprint_sha256, from_date=TODAY)

    der = PEM_cert_to_DER_cert(issued.certificate.decode())
    caller = identify.at_wire(der, address="192.0.2.1", now=now())
    if role is Role.SYSTEM:
        receptions.receive(Access(transaction="reception", caller=caller, time=now()), patient.key)
    access = Access(transaction="ITI-18", caller=caller, time=now())
    item = Indexed(
        entry_uuid="urn:uuid:1",
        unique_id="2.999.4.1",
        patient=patient.key,
        institution=hospital.id,
        event_date=TODAY,
    )
    Deciding(access, Act.READ).permit([item])

    assert caller.role is role
    assert [one.reason for one in access.decisions] == [reason]
