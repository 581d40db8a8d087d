"""Single records (FHIR resources): read, found and changed."""
