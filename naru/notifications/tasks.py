"""The work that brings notices to people: planned, sent, asked after, gathered into a digest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from naru.domain.korea import korean_day
from naru.notifications import contacts, kinds, routing, sealed
from naru.notifications.channels import Channel, Channels, Outgoing
from naru.notifications.errors import Refused, Unreachable
from naru.notifications.kinds import Duty
from naru.notifications.models import Delivery, Notice, Preference
from naru.notifications.policy import policy
from naru.notifications.services import PLAN
from naru.notifications.states import State, To, Wish
from naru.outbox import services as outbox
from naru.outbox.services import Work
from naru.outbox.worker import Handler

REPORT: Final = "notices.report"
DIGEST: Final = "notices.digest"
_UUID_BYTES: Final = 16
_GONE_ON: Final = frozenset({State.FAILED, State.RETURNED})


class NotKnownYet(Exception):
    """The provider has not said what became of a message: it is asked again later."""


def handlers(
    channels: Channels, clock: Callable[[], datetime] = timezone.now
) -> dict[str, Handler]:
    """The handlers of all work on notices, for a node that has these channels."""
    carrier = _Carrier(channels, clock)
    return {
        PLAN: Handler(carrier.plan),
        DIGEST: Handler(carrier.digest),
        routing.SEND: Handler(carrier.send, within=False),
        REPORT: Handler(carrier.report, within=False),
    }


@dataclass(frozen=True, slots=True)
class _Carrier:
    channels: Channels
    clock: Callable[[], datetime]

    def plan(self, work: Work) -> None:
        """Choose the first channel of a notice; what is for the inbox alone needs none."""
        notice = Notice.objects.get(notice=UUID(bytes=work.payload))
        if notice.to != To.PATIENT and not _is_warned(notice):
            return  # Institutions and accounts read their inbox.
        match _wish(notice):
            case Wish.AT_ONCE:
                routing.put(notice, self.channels, self.clock())
            case Wish.DIGEST:
                self._gather(notice)
            case Wish.OFF:
                pass

    def digest(self, work: Work) -> None:
        """Tell a patient once of all that a day gathered, unless they have read it."""
        patient, day = UUID(bytes=work.payload[:_UUID_BYTES]), work.payload[_UUID_BYTES:]
        gathered = Notice.objects.filter(
            recipient=patient, digest_day=date.fromisoformat(day.decode()), read_at=None
        )
        first = gathered.order_by("id").first()
        if first is not None:
            routing.put(first, self.channels, self.clock(), digest=True)

    def send(self, work: Work) -> None:
        """Hand a message to its channel; where it is refused, go on with the next one."""
        delivery = _delivery(work)
        if delivery.state != State.QUEUED:
            return
        channel = self.channels.get(delivery.channel)
        message = _written(delivery, work.key)
        if channel is None or not message.to:
            routing.fall_back(delivery, self.channels, self.clock(), "no-longer-reached")
            return
        try:
            reference = channel.send(message)
        except Refused as refused:
            routing.fall_back(delivery, self.channels, self.clock(), refused.reason)
        except Unreachable:
            if work.attempts < policy().tries:
                raise
            routing.fall_back(delivery, self.channels, self.clock(), "unreachable")
        else:
            self._sent(delivery, channel, reference)

    def report(self, work: Work) -> None:
        """Ask what became of a message; raises NotKnownYet, so that it is asked again."""
        delivery = _delivery(work)
        channel = self.channels.get(delivery.channel)
        if delivery.state not in {State.SENT, State.DELIVERED} or channel is None:
            return
        told = channel.report(delivery.reference)
        if told is None:
            if work.attempts >= policy().reports:
                return  # It was sent, and more will not be known.
            raise NotKnownYet
        state, reason = told
        if state in _GONE_ON:
            routing.fall_back(delivery, self.channels, self.clock(), reason or state.value)
        else:
            routing.become(delivery, state, self.clock())

    def _sent(self, delivery: Delivery, channel: Channel, reference: str) -> None:
        now = self.clock()
        with transaction.atomic():
            routing.become(delivery, State.SENT, now, reference=reference)
            if channel.reports:
                key = f"{delivery.delivery}:{delivery.rounds}"
                after = now + policy().report_after
                outbox.put(REPORT, delivery.delivery.bytes, key=key, after=after)

    def _gather(self, notice: Notice) -> None:
        moment = policy().next_digest(self.clock())
        day = korean_day(moment)
        Notice.objects.filter(id=notice.id).update(digest_day=day)
        payload = notice.recipient.bytes + day.isoformat().encode()
        outbox.put(DIGEST, payload, key=f"{notice.recipient}:{day}", after=moment)


def _is_warned(notice: Notice) -> bool:
    """Whether somebody with an account has to hear of it where they cannot sign in any more."""
    kind = kinds.known(notice.kind)
    return notice.to == To.ACCOUNT and kind.urgent and kind.duty is Duty.SECURITY


def _wish(notice: Notice) -> Wish:
    if not kinds.known(notice.kind).optional:
        return Wish.AT_ONCE
    said = Preference.objects.filter(patient=notice.recipient, kind=notice.kind)
    return Wish(said.values_list("wish", flat=True).first() or Wish.AT_ONCE)


def _delivery(work: Work) -> Delivery:
    rows = Delivery.objects.select_related("notice")
    return rows.get(delivery=UUID(bytes=work.payload))


def _written(delivery: Delivery, key: str) -> Outgoing:
    notice = delivery.notice
    language = routing.language_of(notice.recipient)
    kind = kinds.known("digest" if delivery.digest else notice.kind)
    words = kind.words[language]
    values = kinds.for_outside(sealed.unseal(notice.sealed, notice.notice))
    return Outgoing(
        key=key,
        to=contacts.of(notice.recipient, kind).at(delivery.channel),
        title=kinds.filled(words.title, values, language),
        text=kinds.written_out(kind, values, language),
        short=kinds.filled(words.short, values, language),
        template=words.template,
        variables=kinds.variables(words.short, values, language),
        language=language,
    )
