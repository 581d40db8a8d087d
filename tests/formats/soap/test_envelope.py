import pytest

from naru.formats.soap import (
    STRICT,
    AddressingRules,
    Envelope,
    FaultCode,
    QName,
    SoapReason,
    SoapRefused,
    read_envelope,
    write_envelope,
    write_request_envelope,
)
from naru.formats.xml import parse
from naru.formats.xml.namespaces import ENV, ENV11, WSA, WSSE
from tests.quickest import AT_ONCE, cpu_seconds

ACTION = '<wsa:Action env:mustUnderstand="1">urn:a</wsa:Action>'
REPLY = "<wsa:ReplyTo><wsa:Address>urn:r</wsa:Address></wsa:ReplyTo>"
NOBODY = "<x:H xmlns:x='urn:x' env:mustUnderstand='{}'/>"


def read(
    headers: str = ACTION,
    body: str = "<a/>",
    rules: AddressingRules | None = None,
    envelope: str | None = None,
) -> Envelope:
    inside = envelope or f"<env:Header>{headers}</env:Header><env:Body>{body}</env:Body>"
    text = (
        f'<env:Envelope xmlns:env="{ENV}" xmlns:wsa="{WSA}" xmlns:wsse="{WSSE}">'
        f"{inside}</env:Envelope>"
    )
    root = parse(text.encode())
    return read_envelope(root) if rules is None else read_envelope(root, rules=rules)


def test_a_request_that_we_write_is_read_back_under_the_strict_rules() -> None:
    data = write_request_envelope(
        action="urn:a",
        to="https://h/?a=1&b=2",
        message_id="urn:uuid:1",
        body_xml="<a>가</a>",
        security=f'<wsse:Security xmlns:wsse="{WSSE}"/>',
    )
    envelope = read_envelope(parse(data), rules=STRICT)
    assert envelope.addressing.action == "urn:a"
    assert envelope.addressing.to == "https://h/?a=1&b=2"
    assert envelope.addressing.message_id == "urn:uuid:1"
    assert envelope.addressing.reply_to == f"{WSA}/anonymous"
    assert envelope.security is not None
    assert envelope.body.text == "가"


def test_an_answer_relates_to_its_request() -> None:
    data = write_envelope("urn:aResponse", "urn:uuid:1", b"<a/>", to="urn:r", message_id="urn:m")
    addressing = read_envelope(parse(data)).addressing
    assert (addressing.action, addressing.relates_to) == ("urn:aResponse", "urn:uuid:1")
    assert (addressing.to, addressing.message_id) == ("urn:r", "urn:m")


@pytest.mark.parametrize("value", ["1", "true", " true "])
def test_must_understand_is_read_in_every_spelling_of_true(value: str) -> None:
    headers = f'<wsa:Action env:mustUnderstand="{value}">urn:a</wsa:Action>{REPLY}'
    assert read(headers, rules=STRICT).addressing.action == "urn:a"


def test_what_systems_in_use_leave_out_is_tolerated_unless_the_rules_are_strict() -> None:
    without = "<wsa:Action>urn:a</wsa:Action>"
    assert read(without).addressing.reply_to is None
    for headers in (without + REPLY, ACTION):
        with pytest.raises(SoapRefused) as refusal:
            read(headers, rules=STRICT)
        assert refusal.value.reason is SoapReason.ADDRESSING


def test_blanks_around_an_address_do_not_count() -> None:
    assert read(ACTION + "<wsa:To>\n urn:t\n </wsa:To>").addressing.to == "urn:t"


@pytest.mark.parametrize("value", ["1", "true"])
def test_headers_that_must_be_and_are_not_understood_are_all_named(value: str) -> None:
    with pytest.raises(SoapRefused) as refusal:
        read(ACTION + NOBODY.format(value) + NOBODY.format(1).replace("x:H", "x:I"))
    assert refusal.value.fault.code is FaultCode.MUST_UNDERSTAND
    assert refusal.value.fault.not_understood == (QName("urn:x", "H"), QName("urn:x", "I"))
    assert refusal.value.http_status == 500


@pytest.mark.parametrize(
    "header",
    [
        NOBODY.format(0),
        NOBODY.format("false"),
        "<x:H xmlns:x='urn:x'/>",
        f"<x:H xmlns:x='urn:x' env:mustUnderstand='1' env:role='{ENV}/role/none'/>",
        "<x:H xmlns:x='urn:x' env:mustUnderstand='1' env:role='urn:someone-else'/>",
        "<x:H xmlns:x='urn:x' mustUnderstand='1'/>",
        f"<x:H xmlns:x='urn:x' xmlns:o='{ENV11}' o:mustUnderstand='1'/>",
    ],
)
def test_a_header_that_nobody_insists_on_here_is_passed_over(header: str) -> None:
    assert read(ACTION + header).body.tag == "a"


def test_security_that_must_be_understood_is() -> None:
    assert read(ACTION + '<wsse:Security env:mustUnderstand="1"/>').security is not None
    assert read().security is None


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ("", SoapReason.ADDRESSING),
        ("<wsa:Action/>", SoapReason.ADDRESSING),
        (ACTION * 2, SoapReason.ADDRESSING),
        ("<wsa:Action>urn<x/>:a</wsa:Action>", SoapReason.ADDRESSING),
        ("<wsa:Action>urn<?x?>:a</wsa:Action>", SoapReason.ADDRESSING),
        (ACTION + "<wsa:To>a</wsa:To><wsa:To>b</wsa:To>", SoapReason.ADDRESSING),
        (ACTION + REPLY * 2, SoapReason.ADDRESSING),
        (ACTION + "<wsa:ReplyTo/>", SoapReason.ADDRESSING),
        (ACTION + "<wsa:ReplyTo><wsa:Address/></wsa:ReplyTo>", SoapReason.ADDRESSING),
        (ACTION + "<wsa:MessageID>a</wsa:MessageID>" * 2, SoapReason.ADDRESSING),
        (ACTION.replace(WSA, "urn:o").replace("wsa:", "env:"), SoapReason.MUST_UNDERSTAND),
        (ACTION + "<wsse:Security/>" * 2, SoapReason.SECURITY),
        (ACTION + NOBODY.format("yes"), SoapReason.ENVELOPE),
    ],
)
def test_headers_that_break_a_rule_are_refused(headers: str, reason: SoapReason) -> None:
    with pytest.raises(SoapRefused) as refusal:
        read(headers)
    assert refusal.value.reason is reason


@pytest.mark.parametrize(
    "inside",
    [
        "<env:Header/>",
        "<env:Body/>" * 2,
        "<env:Body><a/></env:Body><env:Header/>",
        "<env:Header/><env:Header/><env:Body><a/></env:Body>",
        f"<env:Header>{ACTION}</env:Header><env:Body><a/></env:Body><env:Body><b/></env:Body>",
        f"<env:Header>{ACTION}</env:Header><env:Body><a/></env:Body><x/>",
        f"<x/><env:Header>{ACTION}</env:Header><env:Body><a/></env:Body>",
        "<Body/>",
        "<?x?>",
    ],
)
def test_an_envelope_is_one_header_and_one_body(inside: str) -> None:
    with pytest.raises(SoapRefused) as refusal:
        read(envelope=inside)
    assert refusal.value.reason is SoapReason.ENVELOPE
    assert refusal.value.http_status == 400


@pytest.mark.parametrize("body", ["", "text", "<a/><b/>", "<?x?>"])
def test_a_body_holds_one_element(body: str) -> None:
    with pytest.raises(SoapRefused) as refusal:
        read(body=body)
    assert refusal.value.reason is SoapReason.BODY


@pytest.mark.parametrize(
    "namespace", [ENV11, "urn:other", "http://www.w3.org/2001/12/soap-envelope"]
)
def test_another_version_of_soap_is_a_version_mismatch(namespace: str) -> None:
    with pytest.raises(SoapRefused) as refusal:
        read_envelope(parse(f"<e:Envelope xmlns:e='{namespace}'/>".encode()))
    assert refusal.value.fault.code is FaultCode.VERSION_MISMATCH


def test_what_is_no_envelope_is_the_senders_fault() -> None:
    with pytest.raises(SoapRefused) as refusal:
        read_envelope(parse(b"<Envelope/>"))
    assert refusal.value.fault.code is FaultCode.SENDER


MANY = {
    "header blocks": f"<env:Header>{'<x/>' * 190_000}</env:Header><env:Body><a/></env:Body>",
    "insisting header blocks": "<env:Header>"
    + "<wsa:x env:mustUnderstand='1'/>" * 90_000
    + "</env:Header><env:Body><a/></env:Body>",
    "bodies": "<env:Body/>" * 190_000,
    "children of the body": f"<env:Header>{ACTION}</env:Header><env:Body>{'<x/>' * 190_000}"
    "</env:Body>",
}


@pytest.mark.parametrize("name", MANY)
def test_a_hundred_thousand_of_anything_is_refused_within_100_ms(name: str) -> None:
    def refused() -> None:
        with pytest.raises(SoapRefused):
            read(envelope=MANY[name])

    assert cpu_seconds(refused, enough=0.1) < AT_ONCE
