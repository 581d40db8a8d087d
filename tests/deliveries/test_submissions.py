"""A patient submits documents to an agency, which sees these and nothing else, once."""

import re
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from uuid import uuid4

from django.db import connection
from django.test import Client

from naru.audit.models import Record
from naru.deliveries.models import Submission
from naru.domain.caller import Role
from naru.domain.institution import InstitutionKind
from naru.exchange.institutions import admission
from naru.notifications import queries as notices
from naru.notifications.recipients import Recipient
from tests.deliveries.conftest import CONTENT, Place, chosen, hidden, submitted
from tests.exchange.test_insurers import PAPERS, sends
from tests.staging import looking_as

NUMBER = re.compile(r"\d{4}-\d{4}-\d{4}")


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_what_is_chosen_is_shown_as_it_goes_and_submitted_with_a_receipt(place: Place) -> None:
    first, second = place.documents
    preview = place.citizen.post("/portal/deliveries/to/mma", chosen(place, first), follow=True)
    where = "/portal/deliveries/to/mma/preview"
    assert preview.redirect_chain == [(where, 302)]
    told = preview.content.decode()
    assert sha256(CONTENT).hexdigest() in told
    assert "병무청에 이대로 갑니다" in told
    assert second.unique_id not in told
    assert "병역판정검사" in told

    where, _form = submitted(place, first)

    receipt = page(place.citizen, where)
    number = NUMBER.search(receipt)
    assert number is not None
    assert "아직 열지 않음" in receipt
    paper = place.citizen.get(f"{where}/receipt.pdf")
    assert paper.content.startswith(b"%PDF-")
    assert number[0] in page(place.citizen, "/portal/deliveries")
    to = Recipient.at_institution(place.agency, Role.AGENCY_CLERK)
    assert len(notices.inbox([to], language="ko")) == 1


def test_the_agency_sees_the_chosen_documents_and_their_check_and_nothing_else(
    place: Place,
) -> None:
    first, second = place.documents
    where, _form = submitted(place, first)
    clerk = place.clerk()

    listed = page(clerk, "/console/deliveries")
    shown = page(clerk, f"/console{where.removeprefix('/portal')}")

    assert "김나루" not in listed + shown  # Whose it is stands in the documents alone.
    assert place.patient.affinity_id.value not in listed + shown
    assert first.unique_id in shown
    assert second.unique_id not in shown
    assert "등록된 해시" in shown
    assert "같음" in shown
    inbox = f"/console{where.removeprefix('/portal')}/open"
    assert clerk.post(inbox, {"document": second.unique_id}).status_code == 404
    opened = clerk.post(inbox, {"document": first.unique_id, "as": "original"})
    assert opened.content == CONTENT
    again = clerk.post(inbox, {"document": first.unique_id})
    assert again.status_code == 422
    assert "더는 열 수 없습니다" in again.content.decode()
    assert "모두 열었음" in page(place.citizen, where)
    assert "모두 열었음" in page(clerk, "/console/deliveries")


def test_another_agency_and_another_patient_find_nothing(place: Place) -> None:
    where, _form = submitted(place)
    inside = f"/console{where.removeprefix('/portal')}"
    stranger = place.clerk(place.other_agency)

    assert NUMBER.search(page(stranger, "/console/deliveries")) is None
    assert stranger.get(inside).status_code == 404
    form = {"document": place.documents[0].unique_id}
    assert stranger.post(f"{inside}/open", form).status_code == 404
    other = looking_as(place.hospital.patient().key)
    assert other.get(where).status_code == 404
    assert other.get(f"{where}/receipt.pdf").status_code == 404
    assert other.post(f"{where}/recall").status_code == 404
    assert "아직 열지 않음" in page(place.citizen, where)


def test_one_form_submits_once_also_where_it_is_sent_many_times_at_once(place: Place) -> None:
    preview = place.citizen.post("/portal/deliveries/to/mma", chosen(place), follow=True)
    form = hidden(preview.content.decode())

    def send(_: int) -> str:
        try:
            return place.citizen.post("/portal/deliveries/submit", form).headers["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(send, range(4)))

    assert len(found) == 1
    assert Submission.objects.count() == 1
    to = Recipient.at_institution(place.agency, Role.AGENCY_CLERK)
    assert len(notices.inbox([to], language="ko")) == 1


def test_it_is_recalled_until_it_is_opened(place: Place) -> None:
    first, second = place.documents
    where, _form = submitted(place)
    clerk, inside = place.clerk(), f"/console{where.removeprefix('/portal')}"
    clerk.post(f"{inside}/open", {"document": first.unique_id})

    assert place.citizen.post(f"{where}/recall").status_code == 302

    told = page(clerk, inside)
    assert told.count("에 열었음") == 1
    assert told.count('<li><div class="between">') == 1
    assert "회수함" in page(place.citizen, where)
    refused = clerk.post(f"{inside}/open", {"document": second.unique_id})
    assert refused.status_code == 422
    assert place.citizen.post(f"{where}/recall").status_code == 422


def test_a_preview_is_looked_at_again_by_whoever_chose_and_by_nobody_else(place: Place) -> None:
    at = "/portal/deliveries/to/mma"
    citizen, elsewhere = place.citizen, place.citizen
    assert citizen.get(f"{at}/preview").headers["Location"] == at  # Nothing chosen yet.
    citizen.post(at, chosen(place))

    for _time in range(2):
        assert "병무청에 이대로 갑니다" in page(citizen, f"{at}/preview")
    assert elsewhere.get(f"{at}/preview").headers["Location"] == at
    to_another = "/portal/deliveries/to/comwel"
    assert citizen.get(f"{to_another}/preview").headers["Location"] == to_another
    session = citizen.session
    session["delivery-chosen"] |= {"purpose": "no longer asked for"}
    session.save()
    assert citizen.get(f"{at}/preview").status_code == 422


def test_nobody_submits_what_is_another_s_or_was_not_shown(place: Place) -> None:
    other = place.hospital.patient()
    other.consents()
    foreign = place.hospital.sends(other)
    for bad in (
        chosen(place, foreign),
        {"purpose": "conscription", "days": "7"},
        chosen(place, purpose="nothing"),
        chosen(place, days="365"),
        chosen(place, days="x"),
        chosen(place, document=["1.2.3"] * 500),
    ):
        answer = place.citizen.post("/portal/deliveries/to/mma", bad)
        assert answer.status_code == 422, bad
        assert 'role="alert"' in answer.content.decode()
    assert place.citizen.get("/portal/deliveries/to/nobody").status_code == 404

    preview = place.citizen.post("/portal/deliveries/to/mma", chosen(place), follow=True)
    form = hidden(preview.content.decode())
    for bad in (
        {"shown": "0" * 64},
        {"document": [place.documents[0].unique_id]},
        {"document": [foreign.unique_id]},
        {"agency": "nobody"},
        {"once": "x"},
        {"once": ""},
    ):
        answer = place.citizen.post("/portal/deliveries/submit", form | bad)
        assert answer.status_code == 422, bad
    assert Submission.objects.count() == 0


def test_each_request_leaves_one_record(place: Place) -> None:
    where, form = submitted(place)
    citizen = place.citizen
    inside = f"/console{where.removeprefix('/portal')}"
    unknown = f"/portal/deliveries/{uuid4()}"
    asked = [
        lambda: place.citizen.get("/portal/deliveries"),
        lambda: place.citizen.get("/portal/deliveries/to/mma"),
        lambda: citizen.post("/portal/deliveries/to/mma", chosen(place)),
        lambda: citizen.get("/portal/deliveries/to/mma/preview"),
        lambda: place.citizen.post("/portal/deliveries/submit", form),
        lambda: place.citizen.get(where),
        lambda: place.citizen.get(unknown),
        lambda: place.citizen.post(f"{unknown}/recall"),
        lambda: place.clerk().get("/console/deliveries"),
        lambda: place.clerk().get(inside),
        lambda: place.clerk().post(f"{inside}/open", {"document": place.documents[0].unique_id}),
        lambda: place.citizen.post(f"{where}/recall"),
    ]
    for number, ask in enumerate(asked):
        before = Record.objects.count()
        ask()
        assert Record.objects.count() == before + 1, number


def test_of_an_insurer_the_page_offers_the_papers_that_the_law_names_alone(place: Place) -> None:
    receipt = sends(place.hospital, place.patient, PAPERS[0])
    admission.change_kind(place.hospital.access(), place.agency, InstitutionKind.INSURER)

    form = page(place.citizen, "/portal/deliveries/to/mma")

    assert receipt in form
    refused = place.citizen.post("/portal/deliveries/to/mma", chosen(place))
    assert refused.status_code == 422
    for one in place.documents:
        assert one.unique_id not in form
        assert f'value="{one.unique_id}"' not in refused.content.decode()
    given = chosen(place, document=[receipt])
    preview = place.citizen.post("/portal/deliveries/to/mma", given, follow=True)
    sent = hidden(preview.content.decode())
    more: dict[str, object] = {**sent, "document": [receipt, place.documents[0].unique_id]}
    assert place.citizen.post("/portal/deliveries/submit", more).status_code == 422
    assert Submission.objects.count() == 0
    assert place.citizen.post("/portal/deliveries/submit", sent).status_code == 302
    to = Recipient.at_institution(place.agency, Role.INSURER_CLERK)
    assert len(notices.inbox([to], language="ko")) == 1
