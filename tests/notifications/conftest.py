"""People with made-up contact data, and a worker on a clock that the test moves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from django.conf import settings
from django.test import override_settings

from naru.domain.identifiers import Identifier
from naru.domain.person import Address, Demographics, PatientRecord, PersonName, Telecom
from naru.notifications import kinds, tasks
from naru.notifications.channels import Channels
from naru.outbox import worker
from naru.patients import services as patients
from naru.simulators.message_sender import Simulator
from naru.simulators.program import serving
from tests.ports import free_port

DOMAIN = "2.999.10"
NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)  # Noon in Korea.
_numbers = count(1)


@pytest.fixture(autouse=True)
def _domains() -> Iterator[None]:
    with override_settings(NARU=replace(settings.NARU, affinity_domains=("2.999.1",))):
        yield


def person(*telecoms: str, address: bool = False, deceased: bool | None = None) -> UUID:
    """A patient who is reached so: `tel:…` is a mobile, `mailto:…` an e-mail address."""
    patients.know_domain(DOMAIN)
    lines = Address(city="TEST시", lines=("나루길 1", "101호"), postal_code="00000")
    told = Demographics(
        names=(PersonName(text="홍가상"),),
        telecoms=tuple(Telecom(one, "MC" if one.startswith("tel:") else None) for one in telecoms),
        addresses=(lines,) if address else (),
        deceased=deceased,
    )
    mrn = Identifier(f"TEST-{next(_numbers)}", DOMAIN)
    return patients.add(PatientRecord(identifiers=(mrn,), demographics=told), now=NOON)


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def on(self, **step: float) -> None:
        self.now += timedelta(**step)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def work(clock: Clock) -> Callable[[Channels], int]:
    """Do all that is due; answer how much it was."""

    def run(channels: Channels) -> int:
        done = 0
        handlers = tasks.handlers(channels, clock)
        while taken := worker.run_once(handlers, clock):
            done += taken
        return done

    return run


@pytest.fixture
def chat() -> Iterator[Simulator]:
    with serving(Simulator(free_port(), approved=kinds.chat_templates())) as simulator:
        yield simulator


@pytest.fixture
def sms() -> Iterator[Simulator]:
    with serving(Simulator(free_port())) as simulator:
        yield simulator
