"""A sandbox never becomes a place for real records, nor the other way round."""

import pytest
from django.utils import timezone

from naru.node import mark
from naru.node.models import Mark

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sandbox", [True, False])
def test_a_folder_stays_what_it_was_at_its_first_start(*, sandbox: bool) -> None:
    mark.settle(sandbox=sandbox, now=timezone.now())

    mark.settle(sandbox=sandbox, now=timezone.now())


@pytest.mark.parametrize("sandbox", [True, False])
def test_a_folder_of_the_other_kind_is_refused(*, sandbox: bool) -> None:
    mark.settle(sandbox=sandbox, now=timezone.now())

    with pytest.raises(mark.SandboxRefused):
        mark.settle(sandbox=not sandbox, now=timezone.now())


@pytest.mark.parametrize("demo", [True, False])
def test_a_demo_and_any_other_folder_are_kept_apart(*, demo: bool) -> None:
    mark.settle(sandbox=False, demo=demo, now=timezone.now())

    with pytest.raises(mark.DemoRefused):
        mark.settle(sandbox=False, demo=not demo, now=timezone.now())


def test_a_key_that_does_not_open_the_mark_is_anothers() -> None:
    mark.settle(sandbox=False, now=timezone.now())
    mark.require_key()
    Mark.objects.update(sealed=b"x" * 40)

    with pytest.raises(mark.KeyOfAnother):
        mark.require_key()
    with pytest.raises(mark.KeyOfAnother):
        mark.settle(sandbox=False, now=timezone.now())


def test_a_mark_of_before_the_seal_is_sealed_at_the_next_start() -> None:
    mark.settle(sandbox=False, now=timezone.now())
    Mark.objects.update(sealed=b"")

    mark.settle(sandbox=False, now=timezone.now())

    assert Mark.objects.get().sealed
