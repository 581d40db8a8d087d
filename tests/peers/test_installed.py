"""A peer that is absent is told of, and where it is required it is a failure."""

import pytest

from tests.peers import installed

NOBODYS = "a-program-of-nobody"


def test_an_absent_peer_skips_with_a_line_that_says_how_to_bring_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NARU_PEERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match=rf"{NOBODYS} is not installed; `make peers`"):
        installed.program(NOBODYS)


def test_an_absent_peer_fails_where_peers_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARU_PEERS", "required")
    with pytest.raises(pytest.fail.Exception, match=NOBODYS):
        installed.program(NOBODYS)


def test_what_the_tests_call_is_in_the_list_of_debian_packages() -> None:
    listed = (installed.FOLDER / "debian-packages.txt").read_text("utf-8").splitlines()
    named = {line.split()[0] for line in listed if line and not line.startswith("#")}
    assert {"java", "mvn", "node", "npm"} <= named
