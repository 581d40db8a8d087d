"""Every interaction that the FHIR door answers; the CapabilityStatement is written from it."""

from typing import Final

from naru.faces.fhir import (
    capabilities,
    iti78_pdqm_query,
    iti81_retrieve_audit_event,
    iti83_pixm_query,
    iti104_patient_identity_feed,
    iti119_patient_match,
)
from naru.faces.fhir.interaction import Interaction

INTERACTIONS: Final[tuple[Interaction, ...]] = (
    capabilities.interaction(lambda: INTERACTIONS),
    iti78_pdqm_query.SEARCH,
    iti78_pdqm_query.READ,
    iti81_retrieve_audit_event.SEARCH,
    iti81_retrieve_audit_event.READ,
    iti83_pixm_query.INTERACTION,
    iti104_patient_identity_feed.INTERACTION,
    iti119_patient_match.INTERACTION,
)
