"""A resource in memory: the dict of its JSON, from whichever syntax it came.

Decimals are `Decimal`, so that `1.00` stays `1.00` (FHIR R4 datatypes, decimal); integers are
`int`. Nothing else stands in the tree but `dict`, `list`, `str`, `bool` and `None`.
"""

from decimal import Decimal
from typing import Any

Resource = dict[str, Any]

Json = dict[str, Any] | list[Any] | str | int | bool | Decimal | None
"""Any value of the tree."""
