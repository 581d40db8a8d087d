from dataclasses import replace
from datetime import date

import pytest
from lxml import etree

from naru.domain.clinical import DocumentHeader, Patient, Practitioner
from naru.domain.privacy_policies import Policy, privacy_policies
from naru.formats.cda import (
    CdaRefused,
    ConsentDocument,
    IncompleteDocument,
    read_consent,
    write_consent,
)
from naru.formats.xml import parse
from naru.formats.xml.schema import validate

PATIENT = Patient(mrn="TEST-0001", name="김하늘", birth_date=date(1980, 5, 5))


def consent(header: DocumentHeader, policy: Policy) -> ConsentDocument:
    return ConsentDocument(
        header=header, patient=PATIENT, policy=policy, from_date=date(2026, 11, 20)
    )


@pytest.mark.parametrize("policy", Policy)
def test_a_consent_follows_the_schema_and_comes_back(
    header: DocumentHeader, policy: Policy, cda_schema: etree.XMLSchema
) -> None:
    document = consent(header, policy)
    octets = write_consent(document)
    validate(parse(octets), cda_schema)
    assert read_consent(octets) == document


def test_who_took_the_consent_comes_back(header: DocumentHeader) -> None:
    document = replace(
        consent(header, Policy.CONSENT_WHOLE), author=Practitioner(id="TEST-C1", name="접수")
    )
    assert read_consent(write_consent(document)) == document


def test_the_policy_stands_in_the_service_event(header: DocumentHeader) -> None:
    octets = write_consent(consent(header, Policy.WITHDRAWAL_WHOLE))
    assert privacy_policies().codes[Policy.WITHDRAWAL_WHOLE].code.encode() in octets


def test_a_policy_of_another_domain_is_refused(header: DocumentHeader) -> None:
    octets = write_consent(consent(header, Policy.CONSENT_WHOLE))
    other = octets.replace(privacy_policies().system.encode() + b'"', b'2.999.5"')
    with pytest.raises(CdaRefused):
        read_consent(other)


def test_a_consent_without_a_name_is_refused(header: DocumentHeader) -> None:
    document = replace(consent(header, Policy.CONSENT_WHOLE), patient=replace(PATIENT, name=""))
    with pytest.raises(IncompleteDocument, match="환자 성명"):
        write_consent(document)
