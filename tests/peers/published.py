"""The WSDLs that IHE published, laid out so that their relative references lead somewhere."""

import re
from pathlib import Path


def lay_out(schemas: Path, folder: Path) -> Path:
    """`folder` with the WSDLs of XDS.b in `xds/`, and of PIXV3 and PDQV3 in `hl7v3/`."""
    (folder / "xds").symlink_to(schemas / "xds")
    patients = folder / "hl7v3"
    patients.mkdir()
    # Each names its schemas as if they stood beside it.
    (patients / "schema").symlink_to(schemas / "hl7v3" / "schema")
    for file in (schemas / "hl7v3" / "wsdl").glob("*/*.wsdl"):
        (patients / file.name).write_text(_whole(file), encoding="utf-8")
    return folder


def _whole(wsdl: Path) -> str:
    """The WSDL with the imports of the schema that it includes.

    Zeep does not take an include into a schema without a target namespace, which XML Schema 1.0
    allows (Structures 4.2.1), so what is included is written in its place.
    """

    def imports(include: re.Match[str]) -> str:
        included = (wsdl.parent / include["file"]).read_text("utf-8")
        return "".join(re.findall(r"<xsd:import\b[^>]*/>", included))

    text = wsdl.read_text("utf-8")
    return re.sub(r'<xsd:include schemaLocation="(?P<file>[^"]+)"\s*/>', imports, text)
