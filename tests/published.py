"""Where the published test cases are, which are not part of the project."""

import os
from pathlib import Path
from typing import Final

CASES: Final = Path(
    os.environ.get("NARU_CASES", Path(__file__).resolve().parents[2] / "shared" / "data")
)
