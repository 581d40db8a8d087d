"""Each role finds its own room's places, and none that it could not open."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, RequestFactory, override_settings

from naru.domain import roles
from naru.domain.caller import Role
from naru.ui import bars
from naru.ui.frame import frame


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_every_place_of_a_bar_may_be_opened(role: Role) -> None:
    assert all(bars.opens(stop.path, role) for stop in bars.of(role))


def test_a_place_that_is_not_there_or_not_for_this_role_opens_to_nobody() -> None:
    assert not bars.opens("/nowhere", Role.OPERATOR)
    assert bars.opens("/console", Role.OPERATOR)
    assert not bars.opens("/console", Role.PATIENT)
    assert not bars.opens("/console", None)
    assert bars.opens("/", None)


def test_a_citizen_finds_home_first_and_no_more_than_fit_below_a_thumb() -> None:
    stops = bars.of(Role.PATIENT)

    assert stops[0].path == "/portal"
    assert len(stops) <= bars.MOST
    assert "/portal/consent" in {stop.path for stop in stops}


def test_what_does_not_fit_stands_behind_more() -> None:
    request = RequestFactory().get("/console/staff")
    request.role = lambda: Role.OPERATOR
    shown = frame(request)

    assert len(shown["places"]) == bars.MOST - 1
    every = [*shown["places"], *shown["more"]]
    assert {one.path for one in every} == {one.path for one in bars.of(Role.OPERATOR)}
    assert [one.path for one in every if one.here] == ["/console/staff"]


@pytest.mark.parametrize(
    ("role", "path", "place"),
    [
        (Role.PATIENT, "/portal/results", "/portal/records"),
        (Role.PATIENT, "/portal/shares/new", "/portal/deliveries"),
        (Role.PATIENT, "/portal/consent/documents", "/portal/consent"),
        (Role.PATIENT, "/portal/tickets", "/portal"),
        (Role.DOCTOR, "/clinic/referrals/new", "/clinic/referrals/sent"),
        (Role.DOCTOR, "/clinic/schedules/new", "/clinic/appointments"),
    ],
)
def test_a_page_is_marked_where_it_belongs(role: Role, path: str, place: str) -> None:
    request = RequestFactory().get(path)
    request.role = lambda: role

    assert [one.path for one in frame(request)["places"] if one.here] == [place]


def test_every_role_has_somewhere_to_begin() -> None:
    beginning = {role: bars.of(role) for role in roles.role_table().roles}

    assert [role for role, stops in beginning.items() if not stops] == []


def test_large_type_and_contrast_are_kept_until_taken_back() -> None:
    client = Client()

    client.post("/display", {"text": "large", "next": "/sign-in"})
    client.post("/display", {"contrast": "high", "next": "/sign-in"})
    both = client.get("/sign-in").content.decode()
    client.post("/display", {"text": "usual", "next": "/sign-in"})
    one = client.get("/sign-in").content.decode()

    assert '<html lang="ko" class="text-large contrast-high">' in both
    assert '<html lang="ko" class="contrast-high">' in one


@pytest.mark.parametrize("onward", ["https://example.org/", "//example.org", "demo", "a b", ""])
def test_nothing_unknown_is_kept_and_nothing_leads_elsewhere(onward: str) -> None:
    client = Client()

    answer = client.post("/display", {"text": "<b>", "next": onward})

    assert answer.headers["Location"] == "/"
    assert set(client.cookies) <= {settings.CSRF_COOKIE_NAME}
    assert client.get("/display").status_code == 405


def test_no_view_gives_its_page_something_by_a_name_of_the_frame() -> None:
    """It would stand in the bar of places."""
    request = RequestFactory().get("/")
    request.role = lambda: None
    names = "|".join(frame(request).keys() - {"display"})
    given = re.compile(rf'^ {{8}}"({names})":', re.MULTILINE)
    views = (Path(__file__).parents[2] / "naru").glob("*/*views.py")
    found = {one.name for one in views if given.search(one.read_text("utf-8"))}
    assert found == {"upload_views.py"}  # Those are of a value of its own, `page`.


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_on_a_demo_one_s_own_work_is_not_the_story(role: Role) -> None:
    request = RequestFactory().get("/nowhere")
    request.role = lambda: role
    assert frame(request)["start"] == "/"

    with override_settings(NARU=replace(settings.NARU, demo=True)):
        begins = frame(request)["start"]

    assert begins not in {"/", "/demo"}
    assert begins == "/account" or bars.opens(begins, role)
