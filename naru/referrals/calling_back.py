"""A patient calls one sending back: its paper opens no more for whoever received it.

By what there is already: the sending by name ends (docs/adr/0032), and the paper is taken out of
the exchange as any document that a patient hides (rule 12), since the receiver might read it by the
general consent. What was read stays read, and listed. A patient who did not go there yet does not
any more; what was begun goes on.
"""

from uuid import UUID, uuid4

from naru.consent.snapshots import Exclusion
from naru.domain.referral_states import State
from naru.domain.referrals import Act, ActKind, Referral
from naru.exchange.access import Access, changing
from naru.exchange.arranging import require
from naru.exchange.consent import page_acts as consent_acts
from naru.exchange.consent import representing
from naru.exchange.consent.page_acts import Saying
from naru.exchange.treatment import relations as treatment
from naru.referrals import bookings, looking, notices, queries, services
from naru.scheduling import services as scheduling


def call_back(access: Access, referral: UUID, saying: Saying) -> Referral:
    """Call it back, for the patient or who speaks for them, from the next request on.

    Raises NoSuchReferral, NotNow, and ConsentRefused, of which NotPermitted and NotMandated.
    """
    with changing(access):
        bookings.before(ActKind.CALLED_BACK)
        before = looking.require_party(access, queries.one(referral))
        require(access.caller.institution is None)
        representing.require_mandate(access, before.patient)
        act = Act(
            id=uuid4(),
            kind=ActKind.CALLED_BACK,
            time=access.time,
            person=access.caller.person,
        )
        after = services.add(before.id, act)
        if after.receiver is not None:
            paper = Exclusion(document=after.document)
            consent_acts.keep_out_within(access, after.patient, saying, [paper])
        if after.state is State.CANCELLED:
            _end(access, after)
        notices.tell(after, access.time)
        return after


def _end(access: Access, referral: Referral) -> None:
    """They do not go there: the time that was booked is free, and nobody treats them by it."""
    scheduling.release(access, referral.id)
    if referral.receiver is not None:
        treatment.given_up(access, referral.patient, referral.receiver, referral.id)
