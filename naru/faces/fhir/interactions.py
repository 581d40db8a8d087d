"""Every interaction that the FHIR door answers; the CapabilityStatement is written from it."""

from typing import Final

from naru.faces.fhir import (
    capabilities,
    code_system_lookup,
    code_system_subsumes,
    code_system_validate_code,
    concept_map_translate,
    emergency_access,
    iti66_find_document_lists,
    iti67_find_document_references,
    iti68_retrieve_document,
    iti78_pdqm_query,
    iti81_retrieve_audit_event,
    iti83_pixm_query,
    iti104_patient_identity_feed,
    iti119_patient_match,
    operation_definitions,
    records,
    transaction,
    value_set_expand,
    value_set_validate_code,
)
from naru.faces.fhir.interaction import Interaction

INTERACTIONS: Final[tuple[Interaction, ...]] = (
    capabilities.interaction(lambda: INTERACTIONS),
    iti66_find_document_lists.SEARCH,
    iti66_find_document_lists.READ,
    iti67_find_document_references.SEARCH,
    iti67_find_document_references.READ,
    iti68_retrieve_document.READ,
    iti78_pdqm_query.SEARCH,
    iti78_pdqm_query.READ,
    iti81_retrieve_audit_event.SEARCH,
    iti81_retrieve_audit_event.READ,
    iti83_pixm_query.INTERACTION,
    iti104_patient_identity_feed.INTERACTION,
    iti119_patient_match.INTERACTION,
    transaction.INTERACTION,
    *emergency_access.INTERACTIONS,
    operation_definitions.READ,
    *records.INTERACTIONS,
    code_system_lookup.INTERACTION,
    code_system_validate_code.INTERACTION,
    code_system_subsumes.INTERACTION,
    value_set_expand.INTERACTION,
    value_set_validate_code.INTERACTION,
    concept_map_translate.INTERACTION,
)
