"""Schedule and Slot, and the places and posts at which somebody is seen (FHIR R4 12.10, 12.11)."""
