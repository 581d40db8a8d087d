"""The paper of one's own consent: any exchange can read it, and it says what stands."""

import pytest
from django.test import Client

from naru.audit import queries as audit
from naru.consent import services
from naru.consent.snapshots import Exclusion
from naru.demo.story import Story
from naru.directory import queries as directory
from naru.domain.consent_document import ConsentDocument
from naru.domain.consent_paper import NEEDED, Part
from naru.domain.korea import korean_day
from naru.domain.privacy_policies import Policy
from naru.exchange import identify
from naru.formats.cda import read_consent
from naru.ui.clock import now
from tests.staging import consents, looking_as, withdraws

PAPER = "/portal/consent/paper"


def read(told: Story) -> ConsentDocument:
    answer = looking_as(told.patient).get(PAPER)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    return read_consent(answer.content)


def test_who_said_nothing_has_no_paper(told: Story) -> None:
    assert looking_as(told.patient).get(PAPER).status_code == 404


def test_nobody_is_chosen_yet(told: Story) -> None:
    assert Client().get(PAPER).status_code == 403


def test_a_consent_and_its_withdrawal_are_papers(told: Story) -> None:
    client = looking_as(told.patient)
    consents(client)
    given = read(told)
    assert given.policy is Policy.CONSENT_WHOLE
    assert given.from_date == korean_day(now())
    assert given.boxes == NEEDED
    assert given.patient.name
    assert "동의서 내려받기" in client.get("/portal/consent").content.decode()
    withdraws(client)
    taken = read(told)
    assert taken.policy is Policy.WITHDRAWAL_WHOLE
    assert taken.header.id != given.header.id


def test_what_is_excluded_stands_on_the_paper_and_is_read_back(told: Story) -> None:
    caller = identify.patient(told.patient, address="")
    receiver = Exclusion(viewer=told.receiver)
    services.grant(told.patient, korean_day(now()), caller, "TEST-1", now())
    services.exclude(told.patient, receiver, caller, "TEST-1", now())
    document = read(told)
    assert document.policy is Policy.CONSENT_PARTIAL
    (part,) = document.parts
    known = directory.by_id(told.receiver, on=korean_day(now()))
    assert known is not None
    assert (part.institution, part.institution_name) == (known.oid, known.name)


def test_looking_at_ones_paper_leaves_an_access_record(told: Story) -> None:
    consents(looking_as(told.patient))
    read(told)
    newest = audit.of_person([told.patient], 1)[0]
    assert newest.transaction == "own consent paper"


@pytest.mark.parametrize("lifted", [True, False])
def test_who_never_consented_has_a_paper_only_of_what_is_kept_out(
    told: Story, *, lifted: bool
) -> None:
    caller = identify.patient(told.patient, address="")
    document = Exclusion(document="2.999.1")
    services.exclude(told.patient, document, caller, "TEST-1", now())
    if lifted:
        services.include(told.patient, document, caller, "TEST-1", now())
        assert looking_as(told.patient).get(PAPER).status_code == 404
    else:
        assert read(told).policy is Policy.WITHDRAWAL_PARTIAL
        assert read(told).parts == (Part(document="2.999.1"),)
