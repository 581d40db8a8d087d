"""The crossing, played over the wire as real EMRs would, each step told and its outcome checked."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from naru.demo import link_files
from naru.demo.cast import EAST, IEUM, PUREUN, Hospital
from naru.demo.documents import reply_message
from naru.demo.patient_page import PatientPage
from naru.demo.population import PATIENT
from naru.domain.korea import korean_day
from naru.domain.xds import DocumentEntry
from naru.exchange import identify
from naru.exchange.access import Access
from naru.link import Link, LinkError, NodeRefused
from naru.link.message import KnownPatient, read_message, send
from naru.portal import acts as portal
from naru.ui.clock import now
from naru.ui.korean import as_subject


class WentWrong(Exception):
    """A step did not come out as it must."""


@dataclass(slots=True)
class Telling:
    """Tells each step in one line, with the time that it took."""

    say: Callable[[str], None]
    number: int = 0
    wrong: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, sentence: str) -> Iterator[None]:
        """Do a step; what is raised inside is told and ends the story."""
        self.number += 1
        began = time.perf_counter()
        try:
            yield
        except (WentWrong, LinkError, OSError) as error:
            self.wrong.append(sentence)
            self.say(f"  {self.number}  아닙니다: {sentence}\n     {type(error).__name__}: {error}")
            raise WentWrong(sentence) from error
        took = (time.perf_counter() - began) * 1000
        self.say(f"  {self.number}  {sentence}  ({took:,.0f} ms)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """Both hospitals' links, the patient's page and the teller."""

    data: Path
    sender: Link
    receiver: Link
    page: PatientPage
    telling: Telling


def play(data: Path, base: str, patient: UUID, say: Callable[[str], None]) -> bool:
    """Play the story on a running node; whether every step came out as it must."""
    with _link(data, IEUM) as sender, _link(data, PUREUN) as receiver:
        playing = Playing(
            data=data,
            sender=sender,
            receiver=receiver,
            page=PatientPage(base),
            telling=Telling(say),
        )
        try:
            _tell(playing, patient)
        except WentWrong:
            return False
    return True


def _tell(playing: Playing, patient: UUID) -> None:
    _consents(playing)
    sent = _sends(playing)
    _receives(playing)
    found = _finds(playing, sent)
    _opens(playing, found)
    _is_told(playing, patient, sent)
    _withdraws(playing, found)
    _consents_again(playing, sent)


def _consents(playing: Playing) -> None:
    sentence = f"{PATIENT.name} 님이 {IEUM.name} 접수처에서 교류에 동의했습니다."
    with playing.telling.step(sentence):
        _send(playing, "consent.json")


def _sends(playing: Playing) -> str:
    sentence = f"{as_subject(IEUM.name)} 의뢰서를 {EAST.repository_name}에 올렸습니다. (ITI-41)"
    with playing.telling.step(sentence):
        sent = _send(playing, "referral.json")
        reply = link_files.folder(playing.data, PUREUN) / "reply.json"
        reply.write_bytes(reply_message(korean_day(now()), sent))
        return sent


def _receives(playing: Playing) -> None:
    """Only who received the patient sees what others wrote (rule 10)."""
    with playing.telling.step(
        f"{as_subject(PUREUN.name)} 찾아온 {PATIENT.name} 님을 접수했습니다."
    ):
        number = PATIENT.chart_number(PUREUN.key)
        playing.receiver.receive(playing.receiver.affinity_id(number))


def _finds(playing: Playing, sent: str) -> DocumentEntry:
    sentence = f"{as_subject(PUREUN.name)} 동의를 확인받고 의뢰서를 찾았습니다. (ITI-18)"
    with playing.telling.step(sentence):
        entries = [entry for entry in _seen(playing) if entry.unique_id == sent]
        _must(len(entries) == 1, "the receiver does not see the referral")
        return entries[0]


def _opens(playing: Playing, found: DocumentEntry) -> None:
    sentence = f"{as_subject(PUREUN.name)} 의뢰서를 열었습니다. 보낸 그대로입니다. (ITI-43)"
    with playing.telling.step(sentence):
        octets = playing.receiver.open(found).octets
        sha1 = hashlib.sha1(octets, usedforsecurity=False).hexdigest()
        _must(sha1 == found.hash, "the document is not the one that was sent")


def _is_told(playing: Playing, patient: UUID, sent: str) -> None:
    sentence = f"{PATIENT.name} 님의 교류 이력에 이 열람이 나타났습니다."
    with playing.telling.step(sentence):
        caller = identify.patient(patient, address="127.0.0.1")
        access = Access(transaction=portal.LOOK, caller=caller, time=now())
        crossings, _standing = portal.look(access, patient)
        opened = [one for one in crossings if one.transaction == "ITI-43"]
        _must(any(sent in one.documents for one in opened), "the patient was not told")


def _withdraws(playing: Playing, found: DocumentEntry) -> None:
    with playing.telling.step(f"{PATIENT.name} 님이 화면에서 동의를 껐습니다."):
        on = playing.page.press(playing.page.read(), on=False)
        _must(not on, "the switch is still on")
    sentence = (
        f"{as_subject(PUREUN.name)} 바로 다시 찾았지만 아무것도 보이지 않고, 열리지도 않습니다."
    )
    with playing.telling.step(sentence):
        _must(not _seen(playing), "the receiver still sees something")
        _must(_is_refused(playing, found), "the receiver still opens the referral")


def _consents_again(playing: Playing, sent: str) -> None:
    sentence = f"{PATIENT.name} 님이 다시 동의하자 {PUREUN.name}에 의뢰서가 다시 보입니다."
    with playing.telling.step(sentence):
        _must(playing.page.press(playing.page.read(), on=True), "the switch is still off")
        seen = [entry.unique_id for entry in _seen(playing)]
        _must(seen == [sent], "the receiver does not see the referral again")


def _send(playing: Playing, file: str) -> str:
    octets = (link_files.folder(playing.data, IEUM) / file).read_bytes()
    receipt = send(
        playing.sender, read_message(octets, playing.sender.forms), key=uuid4(), written=now()
    )
    if isinstance(receipt, KnownPatient):
        raise WentWrong("nothing was handed over")
    return receipt.unique_id


def _seen(playing: Playing) -> tuple[DocumentEntry, ...]:
    number = PATIENT.chart_number(PUREUN.key)
    return playing.receiver.find(playing.receiver.affinity_id(number))


def _is_refused(playing: Playing, found: DocumentEntry) -> bool:
    try:
        playing.receiver.open(found)
    except NodeRefused:
        return True
    return False


def _link(data: Path, hospital: Hospital) -> Link:
    return Link.from_file(link_files.config(data, hospital))


def _must(held: bool, otherwise: str) -> None:  # noqa: FBT001  # Read as a sentence.
    if not held:
        raise WentWrong(otherwise)
