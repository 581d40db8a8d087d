"""FHIR R4 on the wire: one dict shape for JSON and XML, refusals, search parameters, bundles."""
