"""Questions that people ask, each answered by the screen that shows it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from naru.domain.operation import State
from naru.exchange.institutions import participation
from naru.public.privacy_presenters import states
from naru.public.proofs import proofs
from naru.ui.clock import moment, now


@require_safe
def faq(request: HttpRequest) -> HttpResponse:
    """Answers in plain words; what they claim stands on the page to which each leads."""
    at = now()
    counted = participation.counts(at)
    numbers = {
        "hubs": counted.hubs,
        "members": counted.members,
        "as_of": moment(at),
        "well": states(at)[State.WELL],
    }
    context = {
        "numbers": numbers,
        "proofs": proofs(),
        "signed_in_first": _("로그인한 뒤에 열립니다."),
    }
    return render(request, "public/faq.html", context)
