"""One document, its metadata: the same key and facts say the same; what is said stands there."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from naru.domain.clinical import CareInstitution, Department, Practitioner
from naru.domain.codes import Code
from naru.domain.document_submission import (
    DocumentCodes,
    DocumentFacts,
    document_oid,
    submission,
)
from naru.domain.identifiers import Identifier
from naru.domain.xds import AssociationType, SubmissionSetStatus
from naru.formats.hl7 import datatypes

NAMES = st.text(st.sampled_from("가나 Kim\\|^&~"), min_size=1, max_size=12).filter(str.strip)
KEY = UUID(int=7)
FACTS = DocumentFacts(
    unique_id=document_oid(KEY),
    title="진료의뢰서",
    time=datetime(2026, 11, 22, 0, 30, tzinfo=UTC),
    service_start=datetime(2026, 11, 21, 15, 0, tzinfo=UTC),
    patient_id=Identifier("N1", "2.999.1"),
    source_patient_id=Identifier("C1", "2.999.2"),
    custodian=CareInstitution(name="이음내과의원", oid="2.999.2"),
    codes=DocumentCodes(
        **{name: Code(name, "2.999.3") for name in DocumentCodes.__dataclass_fields__}
    ),
)
RECIPIENT = CareInstitution(name="푸른대학교병원", oid="2.999.4")
DOCTOR = Practitioner(id="D1", name="이도윤", department=Department(code="01", name="내과"))


def test_what_is_said_stands_where_the_standard_has_it() -> None:
    """ITI TF-3 4.2.3.2 and 4.2.3.3."""
    sent = submission(KEY, replace(FACTS, author=DOCTOR, recipient=RECIPIENT, size=3, hash="ab"))

    (entry,), (association,), folder = sent.entries, sent.associations, sent.submission_set
    assert (entry.creation_time, entry.service_start_time) == ("20261122003000", "20261121150000")
    assert (entry.size, entry.hash, entry.mime_type) == (3, "ab", "text/xml")
    assert entry.authors == folder.authors
    (author,) = entry.authors
    assert author.person == "D1^이도윤^^^^^^^&2.999.2&ISO"
    assert author.institutions == ("이음내과의원^^^^^^^^^2.999.2",)
    assert author.specialties == ("내과",)
    assert folder.intended_recipients == ("푸른대학교병원^^^^^^^^^2.999.4|",)
    assert folder.source_id == "2.999.2"
    assert (association.type, association.submission_set_status) == (
        AssociationType.HAS_MEMBER,
        SubmissionSetStatus.ORIGINAL,
    )
    assert (association.source, association.target) == (folder.entry_uuid, entry.entry_uuid)
    for name in ("class_code", "format_code", "type_code"):
        assert getattr(entry, name).code == name
    assert entry.practice_setting_code == FACTS.codes.practice_setting


def test_who_wrote_it_and_to_whom_may_be_left_unsaid() -> None:
    sent = submission(KEY, FACTS)
    assert sent.submission_set.intended_recipients == ()
    assert sent.entries[0].authors[0].person is None
    assert sent.entries[0].authors[0].specialties == ()


@given(NAMES, NAMES, NAMES)
def test_whatever_they_are_called_the_metadata_keep_their_form(
    institution: str, doctor: str, number: str
) -> None:
    """No name reaches into another component, or into another part of the recipient."""
    told = replace(
        FACTS,
        custodian=replace(FACTS.custodian, name=institution),
        author=replace(DOCTOR, id=number, name=doctor),
        recipient=replace(RECIPIENT, name=institution),
    )
    sent = submission(KEY, told)
    (author,) = sent.submission_set.authors
    assert author.person is not None
    datatypes.check_xcn(author.person)
    datatypes.check_xon(author.institutions[0])
    (recipient,) = sent.submission_set.intended_recipients
    datatypes.check_recipient(recipient)


def test_the_same_key_gives_the_same_ids_and_another_gives_none_of_them() -> None:
    other = uuid4()
    ids = [
        {
            document_oid(key),
            sent.entries[0].entry_uuid,
            sent.submission_set.entry_uuid,
            sent.submission_set.unique_id,
            sent.associations[0].entry_uuid,
        }
        for key in (KEY, KEY, other)
        for sent in [submission(key, FACTS)]
    ]
    assert ids[0] == ids[1]
    assert not ids[0] & ids[2]
