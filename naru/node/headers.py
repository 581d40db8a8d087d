"""What every page tells the browser to refuse."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


class ContentSecurityPolicy:
    """Pages load and send to this node only; a view may state a policy of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the policy on every page that states none."""
        response = self.get_response(request)
        # Whoever sits down at the screen next goes back to no page of somebody else's. What may be
        # kept, as pictures and styles, says so itself.
        response.headers.setdefault("Cache-Control", "no-store")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", _policy(response))
        return response


def _policy(response: HttpResponseBase) -> str:
    """The policy; a page whose form is answered by leading on to another server names it."""
    leads_to = getattr(response, "naru_leads_to", "")
    if not leads_to:
        return CONTENT_SECURITY_POLICY
    return CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action 'self' {leads_to}")
