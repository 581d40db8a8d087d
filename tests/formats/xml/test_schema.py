from pathlib import Path

import pytest
from lxml import etree

from naru.formats.xml import parse
from naru.formats.xml.schema import SchemaViolation, load_schema, validate

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="u" {more}>
{imports}<xs:element name="a" type="xs:int"/></xs:schema>"""
IMPORT = '<xs:import namespace="v" schemaLocation="http://127.0.0.1:9/v.xsd"/>'


def _write(folder: Path, name: str, imports: str = "", more: str = "") -> Path:
    path = folder / name
    path.write_text(SCHEMA.format(imports=imports, more=more))
    return path


def test_a_document_follows_its_schema_or_the_violation_is_named(tmp_path: Path) -> None:
    schema = load_schema(_write(tmp_path, "u.xsd"))
    validate(parse(b"<a xmlns='u'>1</a>"), schema)
    with pytest.raises(SchemaViolation, match="xs:int"):
        validate(parse(b"<a xmlns='u'>x</a>"), schema)


def test_a_schema_is_compiled_once(tmp_path: Path) -> None:
    path = _write(tmp_path, "u.xsd")
    assert load_schema(path) is load_schema(path)


def test_an_import_by_web_address_is_answered_by_the_catalogue_only(tmp_path: Path) -> None:
    imported = tmp_path / "v.xsd"
    imported.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="v">'
        '<xs:simpleType name="t"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>'
    )
    use = IMPORT + '<xs:element name="b" type="v:t"/>'
    path = _write(tmp_path, "w.xsd", use, 'xmlns:v="v"')
    validate(
        parse(b"<b xmlns='u'>1</b>"), load_schema(path, {"http://127.0.0.1:9/v.xsd": imported})
    )
    with pytest.raises(etree.XMLSchemaParseError):
        load_schema(path)


def test_the_published_submission_schema_loads_and_refuses_what_is_none(cases: Path) -> None:
    path = cases / "schemas" / "nist-toolkit2" / "v3" / "XDS.b_DocumentRepository.xsd"
    if not path.is_file():
        pytest.skip("the published schemas are not among the cases")
    with pytest.raises(SchemaViolation):
        validate(parse(b"<a/>"), load_schema(path))
