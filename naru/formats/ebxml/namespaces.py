"""The namespaces of ITI TF-2 V.2.4 and the tags that are looked at often."""

from typing import Final

from naru.formats.xml.namespaces import LCM, QUERY, RIM, RS, XDSB, XOP

SLOT: Final = f"{{{RIM}}}Slot"
VALUE_LIST: Final = f"{{{RIM}}}ValueList"
VALUE: Final = f"{{{RIM}}}Value"
NAME: Final = f"{{{RIM}}}Name"
DESCRIPTION: Final = f"{{{RIM}}}Description"
LOCALIZED_STRING: Final = f"{{{RIM}}}LocalizedString"
VERSION_INFO: Final = f"{{{RIM}}}VersionInfo"
CLASSIFICATION: Final = f"{{{RIM}}}Classification"
EXTERNAL_IDENTIFIER: Final = f"{{{RIM}}}ExternalIdentifier"
EXTRINSIC_OBJECT: Final = f"{{{RIM}}}ExtrinsicObject"
REGISTRY_PACKAGE: Final = f"{{{RIM}}}RegistryPackage"
ASSOCIATION: Final = f"{{{RIM}}}Association"
OBJECT_REF: Final = f"{{{RIM}}}ObjectRef"
REGISTRY_OBJECT_LIST: Final = f"{{{RIM}}}RegistryObjectList"
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

__all__ = ["LCM", "QUERY", "RIM", "RS", "XDSB", "XOP"]
