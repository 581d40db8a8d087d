import pytest

from naru.faces.atna.destination import DestinationRefused, Transport, read_destination


@pytest.mark.parametrize(
    ("url", "transport", "host", "port"),
    [
        ("tls://arr.example.org", Transport.TLS, "arr.example.org", 6514),
        ("tls://arr.example.org:1234", Transport.TLS, "arr.example.org", 1234),
        ("tcp://127.0.0.1", Transport.TCP, "127.0.0.1", 601),
        ("udp://[::1]/", Transport.UDP, "::1", 514),
    ],
)
def test_a_destination_has_the_ports_that_syslog_was_given(
    url: str, transport: Transport, host: str, port: int
) -> None:
    found = read_destination(url)
    assert (found.transport, found.host, found.port) == (transport, host, port)


@pytest.mark.parametrize(
    "url",
    ["", "arr.example.org", "http://arr", "tls://", "tls://arr:x", "tls://arr:99999", "tls://a/b"],
)
def test_what_names_no_repository_is_refused(url: str) -> None:
    with pytest.raises(DestinationRefused):
        read_destination(url)
