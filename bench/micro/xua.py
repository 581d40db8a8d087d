"""The check of an assertion beside a bare signature check of the same message, in one run.

`python bench/micro/xua.py` prints microseconds and ratios; nothing here is a test. The floor is the
least that any verifier does: parse, canonicalise both parts, hash, verify with a key in hand. Where
`xmlsec` is installed, it stands beside it as another's floor.
"""

import os
import sys
import tempfile
import timeit
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "naru.node.settings"
os.environ["NARU_DATA"] = tempfile.mkdtemp(prefix="naru-bench-")
os.environ["NARU_AFFINITY_DOMAINS"] = "2.999.1"

import base64
import hashlib

import django
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from naru.formats.saml import read_security, write_security
from naru.formats.xml import parse
from naru.formats.xml.namespaces import DS
from tests.assertions import Provider, assertion, ec_provider, rsa_provider


def best(act: Callable[[], Any], number: int = 300) -> float:
    """Microseconds of one, of the best of seven rounds."""
    return min(timeit.repeat(act, number=number, repeat=7)) / number * 1e6


def bare(message: bytes, provider: Provider) -> Callable[[], None]:
    """The floor."""
    key = provider.certificate.public_key()

    def check() -> None:
        element = parse(message)[0][0]
        signature = element.find(f"{{{DS}}}Signature")
        assert signature is not None
        element.remove(signature)
        content = etree.tostring(element, method="c14n", exclusive=True)
        signed_info = etree.tostring(signature[0], method="c14n", exclusive=True)
        digest = signature[0].find(f".//{{{DS}}}DigestValue")
        assert digest is not None
        assert base64.b64decode(digest.text or "") == hashlib.sha256(content).digest()
        value = base64.b64decode(signature[1].text or "")
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, signed_info, padding.PKCS1v15(), SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            pair = (int.from_bytes(value[:32]), int.from_bytes(value[32:]))
            key.verify(encode_dss_signature(*pair), signed_info, ec.ECDSA(SHA256()))

    return check


def by_xmlsec(message: bytes, provider: Provider) -> Callable[[], None] | None:
    """Another's floor, where it is there."""
    try:
        import xmlsec  # type: ignore[import-not-found,unused-ignore]  # Not one of our dependencies.
    except ImportError:
        return None
    key = xmlsec.Key.from_memory(provider.pem, xmlsec.KeyFormat.CERT_PEM)

    def check() -> None:
        element = parse(message)[0][0]
        context = xmlsec.SignatureContext()
        context.key = key
        context.register_id(element, "ID")
        context.verify(xmlsec.tree.find_node(element, xmlsec.Node.SIGNATURE))

    return check


def identifying(provider: Provider) -> Callable[[], None]:
    """All that a door does: trust, times, audience, role, patient, and the mark of its use."""
    from django.core.management import call_command

    from naru.directory import services as directory
    from naru.domain.caller import Assurance, Caller, PurposeOfUse, Role
    from naru.domain.institution import InstitutionKind
    from naru.domain.korea import korean_day
    from naru.exchange import identify

    now = datetime.now(UTC)
    call_command("migrate", verbosity=0)
    today = korean_day(now)
    hub = directory.admit(name="시험병원", kind=InstitutionKind.HUB, on=today, oid="2.999.3.1")
    directory.trust_provider(
        provider.issuer, provider.der, "00", institution=hub.id, from_date=today
    )
    caller = Caller(
        role=Role.SYSTEM,
        purpose=PurposeOfUse.TREATMENT,
        assurance=Assurance.CERTIFICATE,
        institution=hub.id,
    )
    message, numbers = of(provider), count()

    def check() -> None:
        identify.by_assertion(
            caller,
            read_security(parse(message)[0]),
            certificate=None,
            transaction="ITI-18",
            message_id=f"urn:uuid:{next(numbers)}",
            now=now,
        )

    return check


def of(provider: Provider) -> bytes:
    """A message that holds a security header, and nothing else."""
    signed = provider.sign(assertion(datetime.now(UTC), issuer=provider.issuer))
    return f"<m>{write_security(signed)}</m>".encode()


def report(name: str, provider: Provider) -> None:
    """A table of one kind of key."""
    message = of(provider)
    floor = best(bare(message, provider))
    print(f"{name}, a message of {len(message)} bytes")
    print(f"{floor:8.0f} µs        bare signature check (parse, c14n, hash, verify)")
    xmlsec = by_xmlsec(message, provider)
    if xmlsec is not None:
        taken = best(xmlsec)
        print(f"{taken:8.0f} µs {taken / floor:4.1f} × xmlsec, signature alone")
    taken = best(lambda: read_security(parse(message)[0]).open(provider.der))  # type: ignore[union-attr]  # There is one.
    print(f"{taken:8.0f} µs {taken / floor:4.1f} × XUA check: strict form, signature, all values")


if __name__ == "__main__":
    from naru.security.keys import create_master_key

    create_master_key(Path(os.environ["NARU_DATA"]) / "keys")
    django.setup()
    report("RSA 2048", rsa_provider())
    report("EC P-256", ec_provider())
    print(f"{best(identifying(rsa_provider()), 100):8.0f} µs        whole ITI-40 with the database")
