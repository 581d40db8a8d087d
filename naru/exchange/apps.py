"""The OAuth clients of the code flow, registered by the operator."""

from naru.accounts import clients
from naru.accounts.values import OAuthClient
from naru.exchange.access import Access, changing

CLIENT = "oauth client"
"""The transaction of each change, as the audit names it."""


def registered() -> tuple[OAuthClient, ...]:
    """Every client, the suspended too. It names no person, so it leaves no access record."""
    return clients.registered()


def register(access: Access, client: OAuthClient) -> OAuthClient:
    """Keep a new client; raises ClientInvalid."""
    with changing(access):
        return clients.register(client, access.time)


def suspend(access: Access, client_id: str, *, suspended: bool) -> OAuthClient:
    """Give it no codes and tokens from the next request on, or give them again. Raises NotFound."""
    with changing(access):
        return clients.suspend(client_id, suspended=suspended)
