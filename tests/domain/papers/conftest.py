import pytest

from naru.domain.papers import Certificate, DiagnosisList, ItemisedBill, Prescription, Receipt
from tests import papers


@pytest.fixture
def prescription() -> Prescription:
    return papers.prescription()


@pytest.fixture
def receipt() -> Receipt:
    return papers.receipt()


@pytest.fixture
def bill() -> ItemisedBill:
    return papers.bill()


@pytest.fixture
def diagnosis_list() -> DiagnosisList:
    return papers.diagnosis_list()


@pytest.fixture
def certificate() -> Certificate:
    return papers.certificate()
