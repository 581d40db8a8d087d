"""Every interaction that the FHIR door answers; the CapabilityStatement is written from it."""

from typing import Final

from naru.faces.fhir import capabilities
from naru.faces.fhir.interaction import Interaction

INTERACTIONS: Final[tuple[Interaction, ...]] = (capabilities.interaction(lambda: INTERACTIONS),)
