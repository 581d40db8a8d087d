"""What a trusted certificate may sign: who users are, or a client's asking, and never both."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from naru.directory import queries, services
from naru.directory.models import Provider
from naru.domain.institution import Institution, InstitutionKind
from naru.domain.provider import SignerKind, TokenClient

pytestmark = pytest.mark.django_db

START = date(2026, 1, 1)


def hospital(code: str) -> Institution:
    return services.admit(name="시험병원", kind=InstitutionKind.MEMBER, code=code, on=START)


def client_of(institution: Institution) -> TokenClient:
    return TokenClient(
        name="urn:example:emr", certificate=b"der", fingerprint="AB", institution=institution.id
    )


def test_a_client_vouches_for_nobody_and_a_provider_is_no_client() -> None:
    one = hospital("TEST-1")
    services.trust_client(client_of(one), from_date=START)
    services.trust_provider("urn:example:idp", b"der", "CD", institution=one.id, from_date=START)

    assert not queries.assertion_providers(on=START, issuer="urn:example:emr")
    assert not queries.token_clients("urn:example:idp", on=START)
    (client,) = queries.token_clients("urn:example:emr", on=START)
    assert (client.institution, client.fingerprint) == (one.id, "ab")
    assert [found.kind for found in queries.trusted_signers(on=START)] == [
        SignerKind.CLIENT,
        SignerKind.ASSERTION_PROVIDER,
    ]


def test_a_client_is_trusted_from_its_day_until_it_is_not() -> None:
    services.trust_client(client_of(hospital("TEST-1")), from_date=START)
    assert not queries.token_clients("urn:example:emr", on=START - timedelta(days=1))
    services.distrust_provider("ab", on=START + timedelta(days=2))
    assert queries.token_clients("urn:example:emr", on=START + timedelta(days=1))
    assert not queries.token_clients("urn:example:emr", on=START + timedelta(days=2))


def before_kinds(issuer: str, institution: Institution | None) -> None:
    services.trust_provider(
        issuer, b"der", "EF", institution=institution and institution.id, from_date=START
    )
    Provider.objects.filter(issuer=issuer).update(kind=SignerKind.UNDECLARED)


def test_what_could_have_been_either_opens_nothing_until_it_is_trusted_anew() -> None:
    one, other = hospital("TEST-1"), hospital("TEST-2")
    before_kinds("urn:example:everywhere", None)
    before_kinds("urn:example:several", one)
    before_kinds("urn:example:several", other)
    before_kinds("urn:example:either", one)
    import_module("naru.directory.migrations.0003_signer_kinds").declare(apps, None)

    kinds = {found.name: found.kind for found in queries.trusted_signers(on=START)}
    assert kinds == {
        "urn:example:everywhere": SignerKind.ASSERTION_PROVIDER,
        "urn:example:several": SignerKind.ASSERTION_PROVIDER,
        "urn:example:either": SignerKind.UNDECLARED,
    }
    assert not queries.assertion_providers(on=START, issuer="urn:example:either")
    assert not queries.token_clients("urn:example:either", on=START)

    services.trust_provider("urn:example:either", b"der", "EF", institution=one.id, from_date=START)
    assert queries.assertion_providers(on=START, issuer="urn:example:either")
    assert SignerKind.UNDECLARED not in {one.kind for one in queries.trusted_signers(on=START)}
