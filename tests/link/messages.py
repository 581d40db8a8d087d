"""Messages as an EMR writes them: JSON by the schema of docs/link.md."""

import json
import os
from pathlib import Path

PATIENT = {"mrn": "TEST-0001", "name": "김하늘", "birth_date": "1980-05-05", "sex": "F"}


def referral(reason: str = "검사를 의뢰드립니다.", **more: object) -> dict[str, object]:
    return {
        "kind": "referral",
        "to": {
            "name": "나루대학교병원",
            "oid": "2.999.10.2",
            "code": "TEST-102",
            "telephone": "02-000-0002",
        },
        "referral": {
            "patient": PATIENT,
            "author": {"id": "TEST-D1", "name": "한의사"},
            "encounter": {"date": "2026-11-20", "kind": "AMB"},
            "reason": reason,
            "diagnoses": [{"date": "2026-11-20", "code": "I20.9", "name": "협심증"}],
            "medications": [
                {"time": "2026-11-20T10:30", "code": "TEST-1", "name": "약", "dose": "1정"},
                {"time": "2026-11-20", "code": "TEST-2", "name": "다른 약"},
            ],
            **more,
        },
    }


def drop(outbox: Path, name: str, message: object, *, age: float = 10) -> Path:
    """Write a message whose writer finished `age` seconds ago."""
    outbox.mkdir(parents=True, exist_ok=True)
    text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
    half = outbox / f".{name}"
    half.write_text(text, "utf-8")
    then = half.stat().st_mtime - age
    os.utime(half, (then, then))
    return half.rename(outbox / f"{name}.json")
