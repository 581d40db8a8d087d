"""The code sets of the affinity domain: the file that the operator names, or the one that ships."""

from importlib.resources import files
from pathlib import Path

from naru.domain.affinity_domain import AffinityDomain
from naru.formats import affinity_domain
from naru.formats.xml import parse


def load(file: Path | None) -> AffinityDomain:
    """Read a JSON file or a `codes.xml`. Raises OSError, InvalidCodeSets, XmlRefused."""
    if file is None:
        shipped = files("naru.registry").joinpath("data/affinity-domain.json")
        return affinity_domain.from_json(shipped.read_bytes())
    content = file.read_bytes()
    if file.suffix == ".json":
        return affinity_domain.from_json(content)
    return affinity_domain.from_xml(parse(content))
