"""The terminology service of FHIR R4 (4.6): what its operations take and give."""
