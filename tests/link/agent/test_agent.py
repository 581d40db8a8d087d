import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from naru.domain.registry_errors import ErrorCode
from naru.link import Link, LinkError, NodeUnreachable
from naru.link.agent.files import lock
from naru.link.agent.folder import Folder
from naru.link.agent.log import log_to_stderr
from naru.link.agent.run import Agent
from naru.link.agent.view import Journal, View
from naru.link.config import read_config
from naru.link.errors import ConfigurationWrong
from tests.link.conftest import Running
from tests.link.messages import PATIENT, drop, referral


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.make(tmp_path / "box")


@pytest.fixture
def agent(running: Running, folder: Folder) -> Iterator[Agent]:
    with Link(read_config(running.config), retries=(0.0,)) as link:
        yield Agent(link=link, folder=folder)


def names(part: Path) -> list[str]:
    return sorted(file.name for file in part.iterdir() if not file.name.startswith("."))


def record(file: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(file.read_text("utf-8"))
    return found


def test_a_file_becomes_a_document_with_a_receipt(
    agent: Agent, folder: Folder, running: Running
) -> None:
    drop(folder.outbox, "의뢰 1", referral())
    agent.round()
    assert names(folder.outbox) == names(folder.work) == []
    assert names(folder.sent) == ["의뢰 1.json", "의뢰 1.receipt.json"]
    assert record(folder.sent / "의뢰 1.receipt.json")["unique_id"] in running.node.documents


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "patient", "patient": PATIENT},
        {"kind": "consent", "patient": PATIENT, "from_date": "2026-11-20"},
        {"kind": "withdrawal", "patient": PATIENT},
    ],
)
def test_every_kind_of_message_is_sent(
    agent: Agent, folder: Folder, message: dict[str, object]
) -> None:
    drop(folder.outbox, "one", message)
    agent.round()
    assert names(folder.sent) == ["one.json", "one.receipt.json"]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("{}", "kind"),
        ("[1]", "객체"),
        ('{"kind": "referral", "kind": "patient"}', "두 번"),
        (referral(allergy=[]), "referral.allergy: 알 수 없는 이름"),
        (referral(diagnoses=[]), "진단내역"),
        (
            referral(diagnoses=[{"date": "2026-13-01", "code": "I20", "name": "x"}]),
            "referral.diagnoses[0].date: 날짜",
        ),
        (referral(diagnoses=[{"date": "2026-11-20", "name": "x"}]), "diagnoses[0].code: 반드시"),
        (referral(reason=7), "referral.reason: 글자"),
        (referral(encounter={"date": "2026-11-20", "kind": "X"}), "AMB, IMP, EMER"),
        ('{"kind": "patient", "patient": 1}', "patient: 객체"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(
    agent: Agent, folder: Folder, running: Running, message: object, words: str
) -> None:
    drop(folder.outbox, "one", message, age=3)
    agent.round()
    assert names(folder.failed) == ["one.json", "one.reason.json"]
    assert words in str(record(folder.failed / "one.reason.json")["sentence"])
    assert running.node.documents == {}


def test_what_the_node_refuses_fails_with_its_code(
    agent: Agent, folder: Folder, running: Running
) -> None:
    running.node.refuses = [ErrorCode.XDSRegistryMetadataError]
    drop(folder.outbox, "one", referral())
    agent.round()
    assert record(folder.failed / "one.reason.json")["codes"] == ["XDSRegistryMetadataError"]


def test_a_busy_node_is_asked_again(agent: Agent, folder: Folder, running: Running) -> None:
    running.node.refuses = [ErrorCode.XDSRepositoryBusy]
    drop(folder.outbox, "one", referral("첫째"))
    drop(folder.outbox, "two", referral("둘째"), age=5)
    with pytest.raises(LinkError):
        agent.round()
    assert names(folder.sent) == ["two.json", "two.receipt.json"]
    agent.round()
    assert len(running.node.documents) == 2
    assert names(folder.work) == []


def test_a_node_that_is_away_keeps_the_message_waiting(
    agent: Agent, folder: Folder, running: Running
) -> None:
    def away(_action: str) -> None:
        raise ConnectionAbortedError

    drop(folder.outbox, "one", referral())
    running.node.before = away
    with pytest.raises(NodeUnreachable):
        agent.round()
    running.node.before = lambda _action: None
    agent.round()
    assert names(folder.sent) == ["one.json", "one.receipt.json"]


def test_a_half_written_file_is_left_alone(agent: Agent, folder: Folder) -> None:
    drop(folder.outbox, "young", referral(), age=0)
    drop(folder.outbox, "half", '{"kind": "referral", ', age=1)
    agent.round()
    assert names(folder.outbox) == ["half.json", "young.json"]


def test_a_file_that_stays_half_fails_after_two_seconds(agent: Agent, folder: Folder) -> None:
    drop(folder.outbox, "half", '{"kind": "referral", ', age=3)
    agent.round()
    assert names(folder.failed) == ["half.json", "half.reason.json"]
    reason = record(folder.failed / "half.reason.json")
    assert "중간에 끝났습니다" in str(reason["sentence"])
    assert str(reason["time"]).endswith("+09:00")


def test_a_name_that_is_used_again_is_another_message(
    agent: Agent, folder: Folder, running: Running
) -> None:
    for _ in range(3):
        drop(folder.outbox, "의뢰", referral())
        agent.round()
    assert len(running.node.documents) == 3
    assert len(names(folder.sent)) == 6


def test_a_message_written_while_another_of_its_name_is_sent_is_not_lost(
    agent: Agent, folder: Folder, running: Running
) -> None:
    drop(folder.outbox, "의뢰", referral("첫째"))
    folder.take()
    drop(folder.outbox, "의뢰", referral("둘째"))
    agent.round()
    told = b"".join(running.node.documents.values()).decode()
    assert "첫째" in told
    assert "둘째" in told


def test_a_stop_after_the_answer_sends_nothing_twice(
    agent: Agent, folder: Folder, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(folder.outbox, "one", referral())
    with monkeypatch.context() as cut:
        cut.setattr(Folder, "put_sent", _power_cut)
        with pytest.raises(InterruptedError):
            agent.round()
    agent.round()
    assert len(running.node.documents) == 1
    assert record(folder.sent / "one.receipt.json")["repeated"] is True


def test_a_stop_after_the_receipt_only_moves_the_file(
    agent: Agent, folder: Folder, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(folder.outbox, "one", referral())
    with monkeypatch.context() as cut:
        cut.setattr("naru.link.agent.folder.move", _cut_behind(folder.sent))
        with pytest.raises(InterruptedError):
            agent.round()
    asked = len(running.node.asked)
    agent.round()
    assert len(running.node.asked) == asked
    assert names(folder.sent) == ["one.json", "one.receipt.json"]


def _power_cut(*_args: object) -> None:
    raise InterruptedError


def _cut_behind(part: Path) -> object:
    def move(file: Path, target: Path) -> None:
        if target.parent == part:
            raise InterruptedError
        file.replace(target)

    return move


def test_a_name_as_long_as_the_file_system_takes_is_sent(agent: Agent, folder: Folder) -> None:
    drop(folder.outbox, "의뢰" * 41, referral())
    agent.round()
    assert names(folder.outbox) == names(folder.work) == []
    assert len(names(folder.sent)) == 2


def test_a_file_that_cannot_be_read_stops_no_other(
    agent: Agent, folder: Folder, running: Running
) -> None:
    (folder.work / f"{'0' * 32}.20261120T000000Z.odd.json").mkdir()
    drop(folder.outbox, "one", referral())
    with pytest.raises(IsADirectoryError):
        agent.round()
    assert len(running.node.documents) == 1


def test_two_agents_do_not_share_a_folder(tmp_path: Path) -> None:
    with lock(tmp_path / "lock"), pytest.raises(ConfigurationWrong):
        lock(tmp_path / "lock")


def test_the_agent_stops_when_told(agent: Agent, folder: Folder, running: Running) -> None:
    stop = Event()
    thread = Thread(target=agent.run, args=(stop,))
    thread.start()
    drop(folder.outbox, "one", referral())
    deadline = time.monotonic() + 20
    while not (folder.sent / "one.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert len(running.node.documents) == 1


def view_of(tmp_path: Path) -> tuple[Path, View]:
    file = tmp_path / "emr.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, payload TEXT)")
        database.execute("CREATE VIEW naru_outbox AS SELECT id, payload FROM t")
    return file, View(f"sqlite:///{file}", "naru_outbox")


def insert(file: Path, *rows: tuple[int, dict[str, object]]) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.executemany(
            "INSERT INTO t VALUES (?, ?)", [(at, json.dumps(message)) for at, message in rows]
        )


def with_view(agent: Agent, folder: Folder, view: View) -> Agent:
    journal = Journal(folder.work / "view.journal")
    return Agent(
        link=agent.link, folder=Folder(folder.outbox.parent, settle=0), view=view, journal=journal
    )


def test_every_row_of_the_view_is_sent_once(
    agent: Agent, folder: Folder, running: Running, tmp_path: Path
) -> None:
    file, view = view_of(tmp_path)
    insert(file, (5, referral("다섯")), (7, referral("일곱")))
    with_view(agent, folder, view).round()
    insert(file, (6, referral("늦게 온 여섯")))  # Committed after a row with a higher id.
    before = file.read_bytes()
    for _ in range(3):
        with_view(agent, folder, view).round()  # A new agent each time, as after a restart.
    assert len(running.node.documents) == 3
    assert file.read_bytes() == before


def test_a_row_whose_id_was_not_noted_is_sent_once(
    agent: Agent, folder: Folder, running: Running, tmp_path: Path
) -> None:
    file, view = view_of(tmp_path)
    insert(file, (1, referral()))
    journal = Journal(folder.work / "view.journal")
    view.take(folder, journal)
    (folder.work / "view.journal").write_text("c0ffee", "utf-8")  # Torn by a crash.
    with_view(agent, folder, view).round()
    with_view(agent, folder, view).round()
    assert len(running.node.documents) == 1


def test_a_view_that_cannot_be_read_does_not_stop_the_folder(
    agent: Agent, folder: Folder, running: Running, tmp_path: Path
) -> None:
    drop(folder.outbox, "one", referral())
    gone = View(f"sqlite:///{tmp_path}/none.db", "naru_outbox")
    with pytest.raises(NodeUnreachable):
        with_view(agent, folder, gone).round()
    assert len(running.node.documents) == 1


def test_the_view_of_postgresql_is_read(agent: Agent, folder: Folder, running: Running) -> None:
    url = os.environ.get("NARU_DATABASE", "")
    if not url.startswith("postgresql://"):
        pytest.skip("no PostgreSQL: NARU_TEST_DATABASE names none")
    name = f"naru_outbox_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(f"CREATE TABLE {name} (id text, payload jsonb)")
        try:
            database.execute(f"INSERT INTO {name} VALUES (%s, %s)", ("a/b", json.dumps(referral())))
            for _ in range(2):
                with_view(agent, folder, View(url, name)).round()
        finally:
            database.execute(f"DROP TABLE {name}")
    assert len(running.node.documents) == 1


def test_the_log_tells_the_kind_and_the_key_and_nobodys_name(
    agent: Agent, folder: Folder, running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr()
    drop(folder.outbox, "김하늘", referral())
    drop(folder.outbox, "김하늘 2", {"kind": "letter"})
    stop = Event()
    thread = Thread(target=agent.run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + 20
    while len(names(folder.sent) + names(folder.failed)) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    thread.join(10)
    said = capsys.readouterr().err
    sent = record(folder.sent / "김하늘.receipt.json")["key"]
    refused = record(folder.failed / "김하늘 2.reason.json")["key"]
    assert f"sent referral {sent}" in said
    assert f"refused - {refused}: MessageWrong" in said
    assert "start" in said
    assert "김하늘" not in said
    assert all(line.split()[0].endswith("+09:00") for line in said.splitlines())


def test_the_log_tells_why_a_message_waits(
    agent: Agent, folder: Folder, running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr()
    running.node.status = 403
    drop(folder.outbox, "one", referral())
    assert not agent._goes_well()
    (message,) = folder.taken()
    said = capsys.readouterr().err
    assert f"waits {message.key}: NodeRefused" in said
    assert "참여가 멈추었거나" in said


def test_a_patients_receipt_holds_the_id_of_the_exchange(agent: Agent, folder: Folder) -> None:
    drop(folder.outbox, "one", {"kind": "patient", "patient": PATIENT})
    agent.round()
    assert record(folder.sent / "one.receipt.json")["affinity_id"] == f"P-{PATIENT['mrn']}"


@pytest.mark.parametrize("name", ["", "a b", "t; DROP TABLE t", "a.b.c", "1a"])
def test_a_name_that_is_no_views_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationWrong):
        View("sqlite:///emr.db", name)


class Killer:
    """Kills the agent at some requests, before or after the node has done its work."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.requests = self.documents = self.kills = 0

    def before(self, _action: str) -> None:
        self.requests += 1
        if self.requests % 11 == 0:
            self._kill()

    def after(self, action: str) -> None:
        self.documents += action.endswith("ProvideAndRegisterDocumentSet-b")
        if self.documents % 4 == 1:
            self._kill()

    def _kill(self) -> None:
        if self.process is not None and self.kills < MOST_KILLS:
            self.kills += 1
            self.process.kill()
            self.process.wait()
            raise ConnectionAbortedError


MOST_KILLS = 8


def test_kill_9_neither_loses_nor_doubles(running: Running) -> None:
    config, killer, count = running.config, Killer(), 24
    config.write_text(config.read_text("utf-8") + '\n[agent]\nfolder = "box"\n', "utf-8")
    box = config.parent / "box"
    running.node.before, running.node.after = killer.before, killer.after
    for index in range(count):
        drop(box / "outbox", f"m{index}", referral(f"의뢰 {index:03}"))
    deadline = time.monotonic() + 60
    while len(list((box / "sent").glob("m*.receipt.json"))) < count or names(box / "work") != []:
        assert time.monotonic() < deadline, names(box / "work")
        if killer.process is None or killer.process.poll() is not None:
            killer.process = _start(config)
        time.sleep(0.05)
    killer.process.send_signal(signal.SIGTERM)
    assert killer.process.wait(20) == 0
    told = b"".join(running.node.documents.values()).decode()
    assert [told.count(f"의뢰 {index:03}<") for index in range(count)] == [1] * count
    receipts = [record(file) for file in (box / "sent").glob("m*.receipt.json")]
    assert killer.kills == MOST_KILLS
    assert any(receipt["repeated"] for receipt in receipts), "a kill fell between work and answer"


def _start(config: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "naru.node.cli", "link", "agent", str(config)],
        stderr=subprocess.DEVNULL,
    )
