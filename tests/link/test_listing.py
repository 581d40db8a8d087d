import pytest

from naru.link.listing import ListedInstitution, institution_of, time_in_korea


@pytest.mark.parametrize(
    ("dtm", "time"),
    [
        ("20261119150000", "2026-11-20T00:00:00+09:00"),
        ("202611191500", "2026-11-20T00:00:00+09:00"),
        ("20261119", "2026-11-19"),
        ("202611", "2026-11"),
        ("", ""),
        ("20269999150000", "20269999150000"),
    ],
)
def test_a_time_is_told_in_korea_to_its_own_precision(dtm: str, time: str) -> None:
    assert time_in_korea(dtm) == time


def test_an_institution_is_told_by_its_name_and_its_oid() -> None:
    assert institution_of("가\\T\\나\\E\\^^^^^^^^^2.999.1") == ListedInstitution(
        name="가&나\\", oid="2.999.1"
    )
    assert institution_of("가람의원") == ListedInstitution(name="가람의원", oid="")
