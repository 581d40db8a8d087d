"""What the members of an affinity domain agreed on: codes, MIME types, patient id authorities."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from naru.domain.codes import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class AffinityDomain:
    """The finite sets of an affinity domain (ITI TF-1 10.4.8; TF-2 3.42.4.1.3.3).

    `codes` is by the attribute's name: classCode, typeCode, formatCode, confidentialityCode,
    healthcareFacilityTypeCode, practiceSettingCode, eventCodeList, contentTypeCode, codeList (of
    folders), associationDocumentation. Each set holds (code, coding scheme); `display` names them.
    """

    codes: Mapping[str, frozenset[tuple[str, str]]]
    mime_types: frozenset[str] = frozenset()
    assigning_authorities: frozenset[str] = frozenset()
    display: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def allows(self, attribute: str, code: Code, /) -> bool:
        """Tell whether `code` may stand in `attribute`; an attribute without a set admits any."""
        admitted = self.codes.get(attribute)
        return admitted is None or (code.code, code.scheme) in admitted

    def allows_mime_type(self, mime_type: str, /) -> bool:
        """Tell whether documents of this MIME type are shared; parameters do not count."""
        bare = mime_type.partition(";")[0].strip().lower()
        return not self.mime_types or bare in self.mime_types

    def allows_authority(self, oid: str, /) -> bool:
        """Tell whether patient ids of this authority are used in the domain."""
        return not self.assigning_authorities or oid in self.assigning_authorities
