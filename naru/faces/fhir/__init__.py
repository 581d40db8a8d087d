"""The FHIR R4 door; one file for each interaction or IHE transaction."""
