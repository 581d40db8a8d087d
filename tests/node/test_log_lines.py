"""What broke is logged by kind and place; what its message names is not."""

import logging
import sys

import pytest
from django.test import Client

from naru.node.log_lines import Line


def test_an_error_is_told_without_its_message() -> None:
    line = Line("{levelname} {message}", style="{")
    try:
        int("김비밀 010-0000-0909")
    except ValueError:
        told = logging.LogRecord("x", logging.ERROR, "", 1, "error: /portal", (), sys.exc_info())

    said = line.format(told)

    assert said.startswith(
        "ERROR error: /portal\nbroke: ValueError at test_an_error_is_told_without"
    )
    assert "김비밀" not in said
    assert "Traceback" not in said


def test_what_a_stranger_sends_is_answered_and_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = Client().get("/", HTTP_HOST="a,b")

    assert answer.status_code == 400
    assert "a,b" not in caplog.text
