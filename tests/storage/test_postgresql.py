import pytest

from naru.storage import postgresql


def test_a_url_becomes_a_description() -> None:
    described = postgresql.database(
        "postgresql://na%40ru:p%2Fw@db.example:5433/hie?sslmode=require"
    )
    assert (described["USER"], described["PASSWORD"]) == ("na@ru", "p/w")
    assert (described["HOST"], described["PORT"], described["NAME"]) == (
        "db.example",
        "5433",
        "hie",
    )
    assert described["OPTIONS"] == {"sslmode": "require"}
    assert described["CONN_MAX_AGE"] is None
    assert described["ATOMIC_REQUESTS"] is False


def test_a_socket_folder_may_stand_in_the_query() -> None:
    assert postgresql.database("postgresql:///hie?host=/run/pg")["HOST"] == "/run/pg"


def test_a_refused_url_is_not_repeated_since_it_may_hold_a_password() -> None:
    with pytest.raises(postgresql.NotADatabase) as refused:
        postgresql.database("mysql://naru:secret@db/hie")
    assert "secret" not in str(refused.value)
