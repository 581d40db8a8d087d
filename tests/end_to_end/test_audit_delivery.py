"""ITI-20 from one node to another, either of which is killed on the way: nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from naru.domain.stored_query import FindDocuments
from naru.domain.xds import AvailabilityStatus
from naru.security.authority import create_authority
from tests.end_to_end import people
from tests.end_to_end.audit_peer import await_received
from tests.end_to_end.node import Node, fresh_database
from tests.end_to_end.wire import Caller
from tests.ports import free_port

QUESTIONS = 40

AWAY = 150.0
"""Seconds: a repository that was away is asked again once a minute, and a killed sender's batch is
free after a while."""

pytestmark = pytest.mark.long  # Of that waiting.


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    """A node that sends, and the one that receives, not started; they believe each other."""
    for name in ("sends", "receives"):
        (tmp_path / name).mkdir()
        create_authority(tmp_path / name / "ca", timezone.now())
    port = free_port()
    with fresh_database() as one, fresh_database() as other:
        trusting = ("--sandbox", "--trust")
        sends = Node(
            data=tmp_path / "sends",
            database=one,
            options=(
                *trusting,
                str(tmp_path / "receives" / "ca" / "ca.pem"),
                "--audit-to",
                f"tls://127.0.0.1:{port}",
            ),
        )
        receives = Node(
            data=tmp_path / "receives",
            database=other,
            options=(
                *trusting,
                str(tmp_path / "sends" / "ca" / "ca.pem"),
                "--audit-port",
                str(port),
            ),
        )
        yield sends, receives


def ask(node: Node, number: int) -> list[str]:
    """Ask about so many people; their identifiers, in order."""
    asked = []
    for _ in range(number):
        whom = people.newcomer()
        query = FindDocuments(patient_id=whom, status=(AvailabilityStatus.APPROVED,))
        assert Caller(node.port).ask(query).response.errors == ()
        asked.append(str(whom))
    return asked


def told(node: Node, number: int) -> list[str]:
    """Whom the received questions are about, in the order in which each first came."""

    def questions(held: list[dict[str, object]]) -> list[str]:
        found = [one["objects"] for one in held if one["type"] == "ITI-18"]
        return list(dict.fromkeys(each[0] for each in found if isinstance(each, list)))

    return questions(await_received(node, lambda held: len(questions(held)) >= number, AWAY))


def test_a_sender_killed_while_the_repository_is_away_sends_all_when_both_are_back(
    pair: tuple[Node, Node],
) -> None:
    sends, receives = pair
    sends.start()
    asked = ask(sends, QUESTIONS)
    sends.kill()

    receives.start()
    sends.start()

    assert told(receives, QUESTIONS) == asked
    sends.stop()
    receives.stop()


def test_a_repository_killed_while_it_receives_is_sent_again_what_it_had_not_kept(
    pair: tuple[Node, Node],
) -> None:
    sends, receives = pair
    receives.start()
    sends.start()
    asked = ask(sends, QUESTIONS)
    receives.kill()  # Of what was sent, it has kept some, only read some, and not seen the rest.
    asked += ask(sends, QUESTIONS)

    receives.start()

    assert told(receives, 2 * QUESTIONS) == asked
    sends.stop()
    receives.stop()
