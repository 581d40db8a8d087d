"""Any CDA as values, as far as it can be read: ours by its form, others by what sections mean.

Sections are known by their LOINC code and entries by their shape, since C-CDA, CCD and IHE's
documents say the same in the same places under many templates (C-CDA R2.1; HL7 CCD 1.0; IHE PCC).
"""

from naru.formats.cda.foreign.content import read_content
from naru.formats.cda.foreign.understood import Understood, Unread

__all__ = ["Understood", "Unread", "read_content"]
