"""How each kind of entry is written and read, by the field of the content that holds it."""

from collections.abc import Mapping
from typing import Any, Final

from naru.formats.cda.entries.allergy import ALLERGY
from naru.formats.cda.entries.appointment import APPOINTMENT
from naru.formats.cda.entries.diagnosis import DIAGNOSIS
from naru.formats.cda.entries.form import EntryForm, Frame
from naru.formats.cda.entries.immunization import IMMUNIZATION
from naru.formats.cda.entries.infection import INFECTION
from naru.formats.cda.entries.medication import MEDICATION
from naru.formats.cda.entries.procedure import PROCEDURE
from naru.formats.cda.entries.reading import READING
from naru.formats.cda.entries.reasons import REFERRAL_REASON, RETURN_REASON
from naru.formats.cda.entries.social_history import DRINKING, SMOKING
from naru.formats.cda.entries.test_result import TEST_RESULT
from naru.formats.cda.entries.transfer import TRANSFER
from naru.formats.cda.entries.vital_signs import VITAL_SIGNS

__all__ = ["ENTRIES", "EntryForm", "Frame"]

ENTRIES: Final[Mapping[str, EntryForm[Any]]] = {  # Each form takes what its field holds.
    "vital_signs": VITAL_SIGNS,
    "diagnoses": DIAGNOSIS,
    "medications": MEDICATION,
    "test_results": TEST_RESULT,
    "procedures": PROCEDURE,
    "allergies": ALLERGY,
    "referral_reason": REFERRAL_REASON,
    "return_reason": RETURN_REASON,
    "appointments": APPOINTMENT,
    "smoking": SMOKING,
    "drinking": DRINKING,
    "infections": INFECTION,
    "immunizations": IMMUNIZATION,
    "discharge_medications": MEDICATION,
    "readings": READING,
    "transfer": TRANSFER,
}
