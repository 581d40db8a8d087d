from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from naru.node.options import NodeOptions

words = st.text("abcdefghijklmnopqrstuvwxyz-.", min_size=1, max_size=8)


@given(
    st.builds(
        NodeOptions,
        data=words.map(Path),
        database=st.just("") | st.just("postgresql:///naru"),
        roles=st.frozensets(words, max_size=3),
        port=st.integers(1, 65535),
        hosts=st.lists(words, min_size=1, max_size=3).map(tuple),
        sandbox=st.booleans(),
        codes=st.none() | words.map(Path),
        home_community=st.just("") | st.just("2.999.4"),
        refuse_unknown_patients=st.booleans(),
        oid_root=st.just("") | st.just("2.999.1"),
        affinity_domains=st.lists(words, max_size=3).map(tuple),
        rrn_authority=st.just("") | st.just("2.999.3"),
        audit_to=st.lists(words, max_size=2).map(tuple),
        audit_port=st.integers(0, 65535),
        audit_tcp_port=st.integers(0, 65535),
        audit_udp_port=st.integers(0, 65535),
        certificate=st.none() | words.map(Path),
        key=st.none() | words.map(Path),
        trust=st.lists(words.map(Path), max_size=2).map(tuple),
        workers=st.integers(1, 64),
    )
)
def test_options_survive_the_environment(options: NodeOptions) -> None:
    assert NodeOptions.from_environment(options.to_environment()) == options


def test_with_nothing_set_the_defaults_stand() -> None:
    options = NodeOptions.from_environment({})
    assert options == NodeOptions()
    assert options.database_file == Path("data/naru.db")
    assert options.objects_url.startswith("file:///")


def test_cookies_travel_over_tls_wherever_people_come_by_it() -> None:
    local = NodeOptions(bind="127.0.0.1")
    assert not local.secure_cookies
    assert replace(local, pages="https://chart.example").secure_cookies
    assert replace(local, bind="0.0.0.0").secure_cookies
