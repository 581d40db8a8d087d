"""What the codes of roles and purposes in an assertion mean here, from a data file."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from naru.domain.caller import PurposeOfUse, Role
from naru.domain.codes import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCodes:
    """Our role and purpose for each code of a scheme."""

    status: str
    version: str
    roles: Mapping[tuple[str, str], Role]
    purposes: Mapping[tuple[str, str], PurposeOfUse]

    def roles_of(self, codes: Iterable[Code]) -> frozenset[Role]:
        """The roles that these codes mean; unknown codes mean none."""
        found = (self.roles.get((code.scheme, code.code)) for code in codes)
        return frozenset(role for role in found if role)

    def purposes_of(self, codes: Iterable[Code]) -> frozenset[PurposeOfUse]:
        """The purposes that these codes mean; unknown codes mean none."""
        found = (self.purposes.get((code.scheme, code.code)) for code in codes)
        return frozenset(purpose for purpose in found if purpose)


@cache
def user_codes() -> UserCodes:
    """The codes of the file."""
    file = resources.files("naru.domain") / "data" / "user_codes.json"
    read = json.loads(file.read_text("utf-8"))
    return UserCodes(
        status=read["status"],
        version=read["version"],
        roles={key: Role(value) for key, value in _flat(read["roles"])},
        purposes={key: PurposeOfUse(value) for key, value in _flat(read["purposes"])},
    )


def _flat(schemes: list[dict[str, Any]]) -> Iterable[tuple[tuple[str, str], str]]:
    for scheme in schemes:
        for code, meaning in scheme["codes"].items():
            yield (scheme["scheme"], code), meaning
