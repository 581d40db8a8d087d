"""The forms of attributes: a full example passes, and all faults are told at once."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from naru.domain.codes import Code, LocalizedString
from naru.domain.registry_errors import ErrorCode, RegistryFailure
from naru.domain.xds import Author, DocumentEntry, Slot, Submission
from naru.formats.ebxml import attribute_forms

from .samples import ENTRY, SUBMISSION, SUBMISSION_SET


def faults(submission: Submission) -> list[str]:
    with pytest.raises(RegistryFailure) as refused:
        attribute_forms.check(submission)
    return [error.context for error in refused.value.errors]


def with_entry(**changes: object) -> Submission:
    changed: DocumentEntry = replace(ENTRY, **changes)  # type: ignore[arg-type]  # Names vary.
    return replace(SUBMISSION, entries=(changed,))


def test_a_full_example_passes() -> None:
    attribute_forms.check(SUBMISSION)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"authors": (Author(roles=("주치의",)),)}, "DocumentEntry.author must hold"),
        ({"authors": (Author(person="^^나루"),)}, "DocumentEntry.authorPerson must hold"),
        ({"home_community_id": "2.999.1"}, "DocumentEntry.homeCommunityId must be urn:oid:"),
        ({"language_code": "한국어"}, "DocumentEntry.languageCode must be a language tag"),
        ({"legal_authenticator": "^"}, "DocumentEntry.legalAuthenticator must hold"),
        ({"mime_type": "xml"}, "DocumentEntry.mimeType must be a MIME type"),
        ({"reference_ids": ("1",)}, "DocumentEntry.referenceIdList must be id^^^"),
        ({"source_patient_info": ("PID-19|1",)}, "DocumentEntry.sourcePatientInfo must not hold"),
        ({"entry_uuid": ENTRY.entry_uuid.upper().replace("URN:UUID", "urn:uuid")}, "lower case"),
        ({"entry_uuid": SUBMISSION_SET.entry_uuid}, "names two objects"),
    ],
)
def test_a_malformed_attribute_is_told_by_its_name(changes: dict[str, object], told: str) -> None:
    (fault,) = faults(with_entry(**changes))
    assert told in fault


@pytest.mark.parametrize(
    ("limit", "change"),
    [
        (256, lambda text: {"authors": (Author(roles=(text,), institutions=("나루병원",)),)}),
        (256, lambda text: {"source_patient_info": (f"PID-5|{text[6:]}",)}),
        (256, lambda text: {"extra": (Slot("urn:test:extra", ("short", text)),)}),
        (256, lambda text: {"type_code": Code(text, "2.999.6")}),
        (256, lambda text: {"unique_id": text}),
        (1024, lambda text: {"title": (LocalizedString(text, "ko-KR"),)}),
        (1024, lambda text: {"type_code": Code("1", "2.999.6", (LocalizedString(text),))}),
    ],
)
def test_what_no_answer_could_hold_is_refused(
    limit: int, change: Callable[[str], dict[str, object]]
) -> None:
    attribute_forms.check(with_entry(**change("가" * limit)))
    (fault,) = faults(with_entry(**change("가" * (limit + 1))))
    assert "longer" in fault


def test_a_long_uri_is_written_in_pieces_and_taken() -> None:
    attribute_forms.check(with_entry(uri="https://hospital.example/" + "a" * 1000))


def test_all_faults_are_told_at_once_under_the_callers_code() -> None:
    submission = with_entry(language_code="한국어", mime_type="xml")
    with pytest.raises(RegistryFailure) as refused:
        attribute_forms.check(submission, code=ErrorCode.XDSRepositoryMetadataError)
    assert {error.code for error in refused.value.errors} == {ErrorCode.XDSRepositoryMetadataError}
    assert len(refused.value.errors) == 2
    assert all(error.location == ENTRY.entry_uuid for error in refused.value.errors)
