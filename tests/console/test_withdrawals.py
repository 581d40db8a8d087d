"""The operator handles withdrawals by their day, and learns nobody's name."""

from naru.consent import cases
from naru.consent import queries as consent
from naru.demo.population import population
from naru.demo.story import Story
from tests.staging import consents, looking_as, withdraws


def test_a_withdrawal_waits_with_its_day_until_it_is_closed(told: Story) -> None:
    client = looking_as(told.patient)
    consents(client)
    withdraws(client)
    (case,) = cases.of_act(consent.acts(told.patient)[-1].id)

    page = client.get("/console/withdrawals").content.decode()
    assert "처리할 사건이 1건" in page
    assert "10일 남았습니다" in page
    assert [one.name for one in population() if one.name in page] == []

    path = f"/console/withdrawals/{case.id}"
    assert client.post(path, {"words": ""}).status_code == 422
    done = {"words": "사본이 없음을 확인했습니다", "close": "yes"}
    assert client.post(path, done).status_code == 302

    assert "처리할 사건이 없습니다" in client.get("/console/withdrawals").content.decode()
    act = consent.acts(told.patient)[-1].id
    assert "사본 처리를 마쳤습니다" in client.get(f"/portal/consent/acts/{act}").content.decode()
