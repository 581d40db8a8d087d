import threading
from pathlib import Path

import pytest

from naru.link import Link, LinkError
from naru.link.config import read_config
from naru.link.errors import ConfigurationWrong
from tests.link.conftest import Running
from tests.link.emr import CLINIC, REPOSITORY, configuration
from tests.link.recorded_node import RecordedNode, Server


def written(folder: Path, text: str) -> Path:
    file = folder / "link.toml"
    file.write_text(text, "utf-8")
    return file


def test_the_doors_stand_behind_one_url(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, configuration("https://hub.example.test", CLINIC)))
    assert config.registry.url == "https://hub.example.test/ihe/registry"
    assert (config.repository.host, config.repository.port) == ("hub.example.test", 443)
    assert config.certificate == tmp_path / "link.pem"


def test_plain_http_is_for_a_sandbox_on_loopback_only(tmp_path: Path) -> None:
    for url in ("http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1"):
        assert read_config(written(tmp_path, configuration(url, CLINIC, sandbox=True)))
    for url in ("http://hub.example.test", "http://10.0.0.1", "http://127.0.0.1.example.test"):
        with pytest.raises(ConfigurationWrong, match="plain http"):
            read_config(written(tmp_path, configuration(url, CLINIC, sandbox=True)))
    with pytest.raises(ConfigurationWrong, match="plain http"):
        read_config(written(tmp_path, configuration("http://127.0.0.1:8080", CLINIC)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2.999.10.1.1", "not an oid"),
        ("timeout = 10", "timeout = -1"),
        ("timeout = 10", "timeout = true"),
        ('certificate = "link.pem"', ""),
        ("[institution]", "[institutions]"),
        ("https://hub", "ftp://hub"),
        ("https://hub", "https://user@hub"),
        ("https://hub.example.test", "https://hub:99999"),
        ("[node]", "[node"),
    ],
)
def test_a_wrong_configuration_is_told_at_once(tmp_path: Path, old: str, new: str) -> None:
    text = configuration("https://hub.example.test", CLINIC)
    assert old in text
    with pytest.raises(ConfigurationWrong):
        read_config(written(tmp_path, text.replace(old, new)))


def test_another_domains_codes_are_named_in_the_configuration(tmp_path: Path) -> None:
    text = configuration("https://hub.example.test", CLINIC)
    more = '\n[codes.class_code]\ncode = "34133-9"\nscheme = "2.999.5"\n'
    config = read_config(written(tmp_path, text + more))
    assert (config.codes["class_code"].code, config.codes["class_code"].scheme) == (
        "34133-9",
        "2.999.5",
    )


@pytest.mark.parametrize("missing", ["link.pem", "link.key", "ca.pem"])
def test_a_file_that_is_missing_is_named(running: Running, missing: str) -> None:
    file = running.config.parent / missing
    file.unlink()
    with pytest.raises(ConfigurationWrong) as wrong:
        Link.from_file(running.config)
    assert str(file) in wrong.value.sentence


def test_the_repositorys_oid_may_be_left_out(tmp_path: Path) -> None:
    text = configuration("https://hub.example.test", CLINIC)
    line = f'repository_oid = "{REPOSITORY}"\n'
    assert line in text
    assert read_config(written(tmp_path, text.replace(line, ""))).repository_oid == ""


def test_a_door_that_speaks_no_tls_is_told_by_its_port(tmp_path: Path, running: Running) -> None:
    with Server(RecordedNode(), ("127.0.0.1", 0), None) as pages:
        threading.Thread(target=pages.serve_forever, args=(0.01,)).start()
        port = int(pages.server_address[1])
        text = running.config.read_text("utf-8").replace(str(running.port), str(port))
        running.config.write_text(text, "utf-8")
        with Link.from_file(running.config) as link, pytest.raises(LinkError) as wrong:
            link.affinity_id("TEST-1")
        pages.shutdown()
    assert f"localhost:{port}" in wrong.value.sentence
    assert "wire 포트가 맞는지 확인하십시오" in wrong.value.sentence
