"""Whether codes are valid on a day, as the terminology that was loaded here says; of no patient."""

from datetime import date

from naru.domain.terminology import Standing
from naru.terminology import queries


def known(system: str, code: str, on: date) -> bool | None:
    """Whether a code is valid; None where its system is not loaded, so that nothing can be said."""
    standing = queries.validate(system, code, on).standing
    return None if standing is Standing.UNLOADED else standing is Standing.VALID
