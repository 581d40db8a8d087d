from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from naru.ledger.engine import Engine
from naru.ledger.errors import UnknownCommitment
from naru.ledger.models import Commitment, Ordered
from naru.ledger.operation import Operation, decode, encode
from naru.ledger.ordered import OrderedEngine
from naru.ledger.queries import receipt
from naru.ledger.services import MacReceipt, commit_consent, commit_document, verify_document
from naru.ledger.tasks import handlers
from naru.outbox.models import Entry
from naru.outbox.worker import run_once

ENGINE: Engine = OrderedEngine()  # The type checker sees that it keeps the protocol.
DIGEST = sha256(b"TEST document").digest()
database = pytest.mark.django_db(transaction=True)

operations = st.builds(
    Operation,
    id=st.uuids(),
    contract=st.sampled_from(["document", "consent"]),
    act=st.sampled_from(["register", "withdraw"]),
    record=st.uuids(),
    mac=st.binary(min_size=32, max_size=32),
)


def committed(document: object = None) -> MacReceipt:
    with transaction.atomic():
        return commit_document(document or uuid4(), DIGEST)  # type: ignore[arg-type]


def an_operation() -> Operation:
    return Operation(id=uuid4(), contract="document", act="register", record=uuid4(), mac=DIGEST)


@given(operations)
def test_an_operation_comes_back_from_its_one_encoding(operation: Operation) -> None:
    content = encode(operation)
    assert decode(content) == operation
    assert content.isascii()


@given(operations, st.data())
def test_no_other_bytes_mean_the_same_operation(operation: Operation, data: st.DataObject) -> None:
    content = bytearray(encode(operation))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    try:
        other = decode(bytes(content))
    except ValueError:
        return
    assert other != operation
    assert encode(other) == content


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b",", b", "),
        lambda text: text + b"\n",
        lambda text: text.replace(b'"act"', b'"\\u0061ct"'),
        lambda text: text[:-1] + b',"more":"x"}',
        lambda text: b'{"act":"register",' + text[1:],
        lambda _: b"{}",
    ],
)
def test_another_way_of_writing_an_operation_is_refused(change: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(change(encode(an_operation())))  # type: ignore[operator]


@database
def test_sender_and_receiver_compare_the_mac_and_a_flipped_bit_is_refused() -> None:
    document = uuid4()
    given_out = committed(document)
    found = receipt(document)
    assert found is not None
    assert found.mac == given_out.mac
    assert verify_document(document, DIGEST)
    for bit in range(256):
        flipped = (int.from_bytes(DIGEST) ^ 1 << bit).to_bytes(32)
        assert not verify_document(document, flipped)


@database
def test_equal_documents_have_unequal_macs() -> None:
    assert committed().mac != committed().mac


@database
def test_a_receipt_is_pending_until_the_ledger_has_the_operation() -> None:
    first, second = uuid4(), uuid4()
    committed(first)
    committed(second)
    pending = receipt(second)
    assert pending is not None
    assert pending.pending
    assert run_once(handlers()) == 2
    final = receipt(second)
    assert final is not None
    assert final.position == 2
    assert run_once(handlers()) == 0


@database
def test_a_change_stands_under_the_document_s_record_and_counts_from_then_on() -> None:
    document, changed = uuid4(), sha256(b"TEST changed").digest()
    committed(document)
    with transaction.atomic():
        commit_document(document, changed, "change")
    assert Commitment.objects.values("record").distinct().count() == 1
    assert verify_document(document, changed)
    assert not verify_document(document, DIGEST)


@database
def test_an_operation_says_nothing_of_document_digest_or_consent() -> None:
    document, act = uuid4(), uuid4()
    with transaction.atomic():
        commit_document(document, DIGEST)
        commit_consent(act, b"TEST words", "withdraw")
    run_once(handlers())
    kept = b"".join(bytes(row.content) for row in Ordered.objects.all())
    for secret in (str(document), document.hex, str(act), act.hex, DIGEST.hex()):
        assert secret.encode() not in kept


@database
def test_a_commitment_is_lost_with_its_transaction() -> None:
    document = uuid4()
    with transaction.atomic():
        commit_document(document, DIGEST)
        transaction.set_rollback(True)
    assert receipt(document) is None
    assert Entry.objects.count() == 0
    with pytest.raises(UnknownCommitment):
        verify_document(document, DIGEST)
    with pytest.raises(AssertionError):
        commit_document(document, DIGEST)


@database
def test_racing_appends_give_dense_positions_and_each_operation_one() -> None:
    engine = ENGINE
    submitted = [an_operation() for _ in range(40)]

    def append(operation: Operation) -> int | None:
        (position,) = engine.append([operation])
        connection.close()
        return position

    with ThreadPoolExecutor(8) as pool:
        positions = list(pool.map(append, submitted * 2))
    assert positions[:40] == positions[40:]
    assert sorted(positions[:40]) == list(range(1, 41))
    assert Ordered.objects.count() == 40


@database
def test_the_engine_keeps_the_canonical_bytes_and_the_order_given() -> None:
    one, two = an_operation(), an_operation()
    engine = OrderedEngine()
    assert engine.append([one, two, one]) == (1, 2, 1)
    kept = [bytes(row.content) for row in Ordered.objects.order_by("position")]
    assert kept == [encode(one), encode(two)]
    assert engine.position(uuid4()) is None
