"""An EMR vendor's day: a sandbox, the first message, the first-day plan, a signed report."""

import json
import re
import socket
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

from django.utils.translation import gettext_noop as _

from naru.demo.cast import ROOT
from naru.demo.stories.scene import Scene, Step, Story, must
from naru.domain.korea import korean_day
from naru.link import Link
from naru.link.config import config_from
from naru.link.message import read_message, send
from naru.ui.clock import now

_WHO: Final = "vendor-operator"
_PATIENCE: Final = 60.0
_PAUSE: Final = 0.05
_STOP: Final = 20.0
_FINGERPRINT: Final = re.compile(r"signed by: ([0-9a-f]{64})")


def _reads(scene: Scene) -> None:
    """The page tells a vendor where to begin, and asks for nobody else's files."""
    page = scene.at(_WHO).open("/console/vendor")
    for command in ("naru conformance first-day", "naru serve --sandbox", "--certificate"):
        page.must_say(command)
    folder = scene.ends.enter_context(TemporaryDirectory(prefix="naru-vendor-"))
    scene.left["folder"] = folder
    told = _naru(scene, "conformance", "first-day", _plan(scene))
    must(told.returncode == 0, told.stderr)


def _starts(scene: Scene) -> None:
    ready = Path(scene.left["folder"]) / "ready.json"
    command = [*_PROGRAM, "serve", "--sandbox", "--data", f"{scene.left['folder']}/sandbox"]
    command += ["--codes", f"{_plan(scene)}/env/codes.xml", "--workers", "1"]
    command += ["--port", str(_free_port()), "--ready-file", str(ready)]
    with (ready.parent / "sandbox.log").open("wb") as log:
        process = subprocess.Popen(command, env=scene.environment(), stdout=log, stderr=log)  # noqa: S603  # Ours.
    scene.ends.callback(_stop, process)
    deadline = time.monotonic() + _PATIENCE
    while not ready.exists():
        must(process.poll() is None and time.monotonic() < deadline, "the sandbox did not start")
        time.sleep(_PAUSE)
    scene.left["sandbox"] = json.loads(ready.read_text("utf-8"))["base"]


def _sends(scene: Scene) -> None:
    """With the kit (표준연계모듈): a summary goes out, and is found and opened as it was sent."""
    with closing(_link(scene.left["sandbox"])) as link:
        message = read_message(_summary(now()), link.forms)
        sent = send(link, message, key=uuid4(), written=now())
        patient = link.affinity_id(_NUMBER)
        (found,) = link.find(patient)
        must(found.unique_id == getattr(sent, "unique_id", ""), "another document was found")
        must("TEST-I10" in link.open(found).text, "the document is not the one that was sent")


def _tests(scene: Scene) -> None:
    words = (_plan(scene), "--base", scene.left["sandbox"], "--certificate", _report(scene))
    told = _naru(scene, "conformance", "run", *words, "--subject", "새봄 EMR (시험)")
    must(told.returncode == 0, told.stdout[-600:] + told.stderr[-600:])
    must("7 passed, 0 failed, 0 not attempted" in told.stdout, told.stdout[-600:])


def _verifies(scene: Scene) -> None:
    """Whoever is handed the report checks it; changed, it is refused."""
    told = _naru(scene, "conformance", "verify", _report(scene))
    signer = _FINGERPRINT.search(told.stdout)
    must(told.returncode == 0 and "result: pass" in told.stdout and signer, told.stdout)
    assert signer is not None, "it was just looked at"
    known = ("--fingerprint", signer.group(1))
    must(_naru(scene, "conformance", "verify", _report(scene), *known).returncode == 0, "signer")
    changed = Path(_report(scene)).with_name("changed.json")
    changed.write_text(Path(_report(scene)).read_text("utf-8").replace("새봄", "다른"), "utf-8")
    told = _naru(scene, "conformance", "verify", str(changed))
    must(told.returncode == 1, "a report that was changed is taken for good")


_PROGRAM: Final = (sys.executable, "-m", "naru.node.cli")
_NUMBER: Final = "TEST-0001"
_DEPARTMENT: Final = {"code": "01", "name": "내과"}


def _naru(scene: Scene, *words: str) -> subprocess.CompletedProcess[str]:
    """One command, as it is typed."""
    return subprocess.run(  # noqa: S603  # Our own program.
        [*_PROGRAM, *words],
        env=scene.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )


def _plan(scene: Scene) -> str:
    return f"{scene.left['folder']}/first-day"


def _report(scene: Scene) -> str:
    return f"{scene.left['folder']}/first-day.json"


def _link(base: str) -> Link:
    """As docs/link.md has it for a sandbox of one's own."""
    named = {"name": "새봄의원 (시험)", "oid": f"{ROOT}.9.2", "code": "TEST-20000009"}
    named["telephone"] = "000-0000-0009"
    exchange = {"affinity_domain": f"{ROOT}.9", "patient_id_authority": f"{ROOT}.9.2.1"}
    node = {"url": base, "sandbox": True}
    given = {"node": node, "institution": named, "exchange": exchange}
    return Link(config_from(given, Path()))


def _summary(written: datetime) -> bytes:
    day = f"{korean_day(written)}"
    born = f"{korean_day(written - timedelta(days=15_000))}"
    content = {
        "kind": "summary",
        "patient": {"mrn": _NUMBER, "name": "서도원", "birth_date": born, "sex": "M"}
        | {"telephone": "010-0000-0909"},
        "author": {"id": "TEST-D9", "name": "한지진", "department": _DEPARTMENT}
        | {"telephone": "000-0000-0009"},
        "encounter": {"date": day},
        "content": {"diagnoses": [{"date": day, "code": "TEST-I10", "name": "본태성 고혈압"}]},
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


STORY = Story(
    key="vendor",
    title=_("EMR 업체의 하루, 시험 노드에서 서명된 보고서까지"),
    lead=_("다른 곳의 파일 없이, 아침에 시작한 업체가 저녁에는 서명된 적합성 보고서를 냅니다."),
    within=60,
    steps=(
        Step(
            who=_WHO,
            path="/console/vendor",
            sentence=_("업체가 연계 시험 화면을 보고, ‘첫날’ 시험 계획을 받았습니다."),
            play=_reads,
        ),
        Step(
            who=_WHO,
            path="/console/vendor",
            sentence=_("자기 컴퓨터에 시험 노드를 시작했습니다."),
            play=_starts,
        ),
        Step(
            who=_WHO,
            path="/console/vendor",
            sentence=_("표준연계모듈로 첫 문서를 보내고, 보낸 그대로 다시 열었습니다."),
            play=_sends,
        ),
        Step(
            who=_WHO,
            path="/console/vendor",
            sentence=_("환자 등록부터 문서를 올리고 찾고 여는 일, 거절까지 모두 통과했습니다."),
            play=_tests,
        ),
        Step(
            who=_WHO,
            path="/console/vendor",
            sentence=_("서명된 보고서를 누구나 확인하고, 한 글자라도 고치면 드러납니다."),
            play=_verifies,
        ),
    ),
)
