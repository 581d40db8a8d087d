"""What stands on the papers of joining: applications, the agreement, a notice of termination."""

import re
from typing import Final

from django.conf import settings

from naru.directory import procedures, queries
from naru.domain.joining import Case, Kind, Party, Step
from naru.domain.korea import KST
from naru.domain.paper import (
    Block,
    Facts,
    Heading,
    Paper,
    Paragraph,
    SignatureBlock,
    Signatures,
)

OPERATING_BODY: Final = "운영기관"
"""What the body is called that reviews and admits institutions, until the setting names it."""

_UNOFFICIAL: Final = (
    "이 서식은 공식 서식이 아닙니다({version}판). 운영기관의 서식으로 바꾸어 쓸 수 있습니다."
)


def operating_body() -> str:
    """The name of the operating body."""
    return settings.NARU.operating_body or OPERATING_BODY


def names(case: Case) -> dict[Party, str]:
    """What each party of a case is called."""
    day = case.moved
    institution = queries.by_id(case.institution, on=day)
    hub = None if case.hub is None else queries.by_id(case.hub, on=day)
    assert institution is not None, "a case is of an institution that is known"
    return {
        Party.SPOKE: institution.name,
        Party.HUB: operating_body() if hub is None else hub.name,
        Party.OPERATOR: operating_body(),
    }


def of_step(case: Case, step: Step) -> Paper:
    """The paper of what was recorded in a step: an application, a notice."""
    called, content = names(case), case.content(step.id)
    asked = tuple((one.korean, _said(content.get(one.id, ""))) for one in step.fields)
    receiver = called[Party.HUB] if case.hub else called[Party.OPERATOR]
    sender = SignatureBlock(role="낸 기관", name=called[Party.SPOKE], when=_day(case))
    return _paper(
        case,
        step.paper,
        (
            Facts((("기관", called[Party.SPOKE]), ("받는 곳", receiver))),
            Heading("내용"),
            Facts(asked),
            Paragraph("위와 같이 냅니다."),
            Signatures((sender,)),
        ),
        _UNOFFICIAL.format(version=case.procedure.version),
    )


def agreement(case: Case, step: Step) -> Paper:
    """The standard agreement, filled and not yet signed. Raises ProcedureBroken."""
    text, called = procedures.agreement(), names(case)
    notice = procedures.text_of(Kind.TERMINATION)[0].notice_days
    filled = {
        "{hub}": called[Party.HUB],
        "{spoke}": called[Party.SPOKE],
        "{operating_body}": operating_body(),
        "{notice_days}": str(notice),
    }
    articles: list[Block] = []
    for article in text["articles"]:
        articles += [
            Heading(_filled(str(article["title"]), filled)),
            Paragraph(_filled(str(article["text"]), filled)),
        ]
    blocks = tuple(
        SignatureBlock(role=f"{called[party]} 대표자", name="(전자서명)")
        for party in case.parties(step)
    )
    return _paper(
        case,
        str(text["title"]),
        (
            Paragraph(_filled(str(text["preamble"]), filled)),
            *articles,
            Paragraph(
                "두 대표자의 서명은 이 파일 안에 전자서명(PAdES)으로 들어 있으며, "
                "누가 언제 어떻게 확인되어 서명했는지 함께 적혀 있습니다.",
                small=True,
            ),
            Signatures(blocks),
        ),
        _UNOFFICIAL.format(version=text["version"]) if text["status"] == "unofficial" else "",
    )


def _filled(text: str, values: dict[str, str]) -> str:
    """The text with its places filled at once: what stands in a name is no place."""
    return re.sub(r"\{[a-z_]+\}", lambda place: values.get(place[0], place[0]), text)


def _paper(case: Case, title: str, blocks: tuple[Block, ...], footer: str) -> Paper:
    return Paper(
        title=title,
        number=f"사건 {case.id}",
        time=case.moved,
        blocks=blocks,
        footer=footer,
    )


def _day(case: Case) -> str:
    day = case.moved.astimezone(KST)
    return f"{day.year}년 {day.month}월 {day.day}일"


def _said(value: str) -> str:
    return {"": "-", "yes": "예"}.get(value, value)
