"""Fills a data folder: patients who consented, their documents, two hospitals and a repository.

Run as `python -m bench.seeding FOLDER`, with NARU_DATA and NARU_DATABASE as for the server. Writes
`seed.json` into FOLDER, which says what a request may ask for. Patients and consents go through
the services; entries through the registry's own rows, many to a statement.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from naru.domain.identifiers import Identifier
from naru.node.options import NodeOptions

if TYPE_CHECKING:
    from naru.domain.caller import Caller

HUB = "2.999.410.1"
SENDER = "2.999.410.2"
REPOSITORY = "2.999.410.1.1"
DOCUMENTS = 2000
"""How many documents have bytes; the entries of the others are found but not retrieved."""

NOW = datetime.now(UTC)
BATCH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """What a request may ask for."""

    patients: list[tuple[str, str, str]]
    """(value, authority, surrogate id)."""
    documents: list[str]
    repository: str
    institutions: list[str]

    @classmethod
    def read(cls, folder: Path) -> "Seed":
        """The seed that was left in `folder`."""
        return cls(**json.loads((folder / "seed.json").read_text()))


def main(folder: Path, patients: int) -> None:
    """Make the tables and fill them, in one transaction."""
    from naru.node import preparation

    preparation.enter(NodeOptions.from_environment())
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        seed = _fill(folder, patients)
    _settle_statistics()
    (folder / "seed.json").write_text(json.dumps(asdict(seed)))


def _settle_statistics() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _fill(folder: Path, count: int) -> Seed:
    from naru.repository import services as repository

    institutions = [str(one) for one in _institutions(folder)]
    repository.establish(oid=REPOSITORY, institution=UUID(institutions[0]), name="Synthetic hub")
    people = _patients(count)
    documents = _entries([(patient, key) for patient, key in people], UUID(institutions[1]))
    return Seed(
        patients=[(patient.value, patient.authority, str(key)) for patient, key in people],
        documents=documents,
        repository=REPOSITORY,
        institutions=institutions,
    )


def _institutions(folder: Path) -> Iterator[UUID]:
    """A hub, and a hospital whose certificate goes to `client.pem`."""
    from django.utils import timezone

    from naru.directory import services as directory
    from naru.domain.institution import InstitutionKind
    from naru.security.authority import create_authority

    now = timezone.now()
    authority = create_authority(NodeOptions.from_environment().authority, now)
    since = date(2026, 1, 1)
    hub = directory.admit(name="나루거점", kind=InstitutionKind.HUB, on=since, oid=HUB)
    yield hub.id
    sender = directory.admit(
        name="나루병원", kind=InstitutionKind.MEMBER, on=since, oid=SENDER, hub=hub.id
    )
    issued = authority.issue_client("나루병원", [SENDER], now)
    issued.save(folder / "client.pem", folder / "client.key")
    directory.add_certificate(sender.id, issued.fingerprint_sha256, from_date=since)
    yield sender.id


def _patients(count: int) -> list[tuple[Identifier, UUID]]:
    """Everyone is fed by the hospital and consents at its desk."""
    from naru.consent import services as consent
    from naru.domain.person import Demographics, Gender, PatientRecord, PersonName
    from naru.patients import queries, services

    services.know_domain(f"{SENDER}.1")
    people = []
    for number in range(count):
        record = PatientRecord(
            identifiers=(Identifier(f"TEST-{number:06}", f"{SENDER}.1"),),
            demographics=Demographics(
                names=(PersonName(text=f"나루{number}", family="나", given=(f"루{number}",)),),
                gender=Gender.FEMALE,
                birth_time=f"19{number % 90 + 10}0101",
            ),
        )
        patient = services.add(record, now=NOW)
        consent.grant(patient, date(2020, 1, 1), _desk(), "TEST-1", NOW)
        identifier = queries.affinity_id(patient)
        assert identifier is not None
        people.append((identifier, patient))
    return people


def _desk() -> "Caller":
    from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role

    return Caller(role=Role.SYSTEM, purpose=PurposeOfUse.TREATMENT, assurance=Assurance.CERTIFICATE)


def _entries(people: list[tuple[Identifier, UUID]], institution: UUID) -> list[str]:
    """Twenty entries of every patient in one submission set; some of them with their bytes."""
    from bench.messages import ENTRIES_EACH, entry, submission
    from naru.registry import rows
    from naru.registry.models import Association, Entry, Package
    from naru.registry.values import Origin

    origin = Origin(institution=institution)
    documents: list[str] = []
    packages, entries, associations = [], [], []
    for number, (identifier, patient) in enumerate(people):
        sent = submission(
            identifier,
            [
                entry(identifier, f"2.999.411.{number}.{place + 1}", REPOSITORY)
                for place in range(ENTRIES_EACH)
            ],
            f"2.999.412.{number}",
        )
        named = _with_ids(sent)
        packages.append(
            rows.of_submission_set(named.submission_set, patient=patient, origin=origin, now=NOW)
        )
        entries += [
            rows.of_entry(one, patient=patient, origin=origin, now=NOW) for one in named.entries
        ]
        associations += [rows.of_association(one) for one in named.associations]
        if len(documents) < DOCUMENTS:
            documents.append(named.entries[0].unique_id)
    for model, made in ((Package, packages), (Entry, entries), (Association, associations)):
        model.objects.bulk_create(made, batch_size=BATCH)
    _keep(documents)
    return documents


def _with_ids(sent):  # noqa: ANN001, ANN202  # A Submission in and out; imported late.
    from naru.registry import ids

    return ids.assign(sent)


def _keep(documents: list[str]) -> None:
    from bench.messages import cda
    from naru.repository import services as repository

    for unique_id in documents:
        writer = repository.receive()
        writer.write(cda(unique_id))
        claim = repository.Claim(unique_id=unique_id, mime_type="text/xml")
        repository.keep(repository.settle(writer, claim), claim, repository_oid=REPOSITORY, now=NOW)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
