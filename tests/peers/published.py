"""The WSDLs that IHE published, laid out so that their relative references lead somewhere."""

from pathlib import Path


def lay_out(schemas: Path, folder: Path) -> Path:
    """`folder` with the WSDLs of XDS.b in `xds/`, and of PIXV3 and PDQV3 in `hl7v3/`."""
    (folder / "xds").symlink_to(schemas / "xds")
    patients = folder / "hl7v3"
    patients.mkdir()
    # Each names its schemas as if they stood beside it.
    (patients / "schema").symlink_to(schemas / "hl7v3" / "schema")
    for file in (schemas / "hl7v3" / "wsdl").glob("*/*.*"):
        (patients / file.name).symlink_to(file)
    return folder
