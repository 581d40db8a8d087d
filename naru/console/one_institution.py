"""Pages that show one institution's matters, to whoever works for the operating body instead.

Its people are of no institution, so there is nothing that such a page could show them; it says
so, and leads on, rather than break or be missing.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from naru.exchange.page_access import access_of
from naru.ui import viewing
from naru.ui.viewing import View


def shows_one_institution(transaction: str) -> Callable[[View], View]:
    """Below `for_action`: whoever is of no institution reads why there is nothing to see.

    That look is `transaction` in the audit, as the page's own is.
    """

    def guarded(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *arguments: object, **named: object) -> HttpResponseBase:
            if viewing.caller(request).institution is not None:
                return view(request, *arguments, **named)
            access_of(request, transaction)
            return render(request, "console/one_institution.html")

        return answer

    return guarded
