"""Every transaction that the SOAP doors know, by its wsa:Action."""

from typing import Final

from naru.faces.iti import (
    iti18_registry_stored_query,
    iti41_provide_and_register_document_set,
    iti42_register_document_set,
    iti43_retrieve_document_set,
    iti44_patient_identity_feed,
    iti45_pix_query,
    iti47_patient_demographics_query,
    iti61_register_on_demand_document_entry,
)

TRANSACTIONS: Final = (
    iti18_registry_stored_query.TRANSACTION,
    iti41_provide_and_register_document_set.TRANSACTION,
    iti42_register_document_set.TRANSACTION,
    iti43_retrieve_document_set.TRANSACTION,
    iti44_patient_identity_feed.TRANSACTION,
    iti45_pix_query.TRANSACTION,
    iti47_patient_demographics_query.TRANSACTION,
    iti61_register_on_demand_document_entry.TRANSACTION,
)

BY_ACTION: Final = {
    action: transaction for transaction in TRANSACTIONS for action in transaction.actions
}
