"""What `naru doctor` asks about the relay and the providers by which people are told."""

from naru.node import notices
from naru.node.finding import Finding
from naru.node.options import NodeOptions
from naru.notifications.errors import Refused, Unreachable


def notice_channels(options: NodeOptions) -> Finding:
    """The file can be used, and every relay and provider in it answers us. Nothing is sent."""
    try:
        channels = notices.channels(options)
    except notices.NoticesRefused as refused:
        return Finding(
            what=notices.FILE,
            well=False,
            korean=f"알림 설정({notices.FILE})을 쓸 수 없습니다. 아래 영어 문장을 보십시오.",
            english=str(refused),
        )
    away = []
    for name, channel in channels.items():
        try:
            channel.reach()
        except (Unreachable, Refused) as error:
            away.append(f"{name} ({error})")
    return Finding(
        what=f"notices by {', '.join(channels) or 'the inbox alone'}",
        well=not away,
        korean=f"답하지 않는 알림 통로: {', '.join(away)}. 보낼 알림은 보관되어 있습니다. "
        f"{notices.FILE}의 주소와 열쇠를 살펴보십시오.",
        english=f"Not answering: {', '.join(away)}. What waits is kept. "
        f"Look at the addresses and keys in {notices.FILE}.",
    )
