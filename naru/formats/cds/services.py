"""The services that are offered, as their discovery tells them (CDS Hooks 2.0, Discovery)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service: `id` is the end of its address, `hook` the moment at which it is asked."""

    id: str
    hook: str
    title: str
    description: str
    orders: bool
    """Whether it is asked about orders, rather than about the patient alone."""


_PREFETCH: Final = {"patient": "Patient/{{context.patientId}}"}

SERVICES: Final[Mapping[str, Service]] = {
    one.id: one
    for one in (
        Service(
            id="naru-past-history",
            hook="patient-view",
            title="다른 기관의 알러지와 약",
            description="동의된 모든 기관의 기록에서 알러지와 지금 쓰는 약을 알립니다.",
            orders=False,
        ),
        Service(
            id="naru-order-select",
            hook="order-select",
            title="알러지·중복 확인 (고를 때)",
            description="고른 약과 검사를 다른 기관의 알러지, 약, 검사와 견줍니다.",
            orders=True,
        ),
        Service(
            id="naru-order-sign",
            hook="order-sign",
            title="알러지·중복 확인 (서명할 때)",
            description="서명할 약과 검사를 다른 기관의 알러지, 약, 검사와 견줍니다.",
            orders=True,
        ),
    )
}


def discovery() -> dict[str, Any]:
    """What `GET /cds-services` tells."""
    return {
        "services": [
            {
                "hook": one.hook,
                "id": one.id,
                "title": one.title,
                "description": one.description,
                "prefetch": _PREFETCH,
                "usageRequirements": "The patient is named by an identifier that the exchange "
                "knows (prefetch), or by the exchange's own id.",
            }
            for one in SERVICES.values()
        ]
    }
