"""What can go wrong between an EMR and the node, each with a sentence for the clerk.

`sentence` is Korean, free of personal data and says what to do next; `codes` are the server's own.
`exit_code` is that of the command line.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

SENTENCES: Final[Mapping[str, str]] = {
    "XDSUnknownPatientId": "교류 시스템에 등록되지 않은 환자입니다. 환자 등록을 먼저 하십시오.",
    "XDSPatientIdDoesNotMatch": "문서의 환자와 등록 정보의 환자가 다릅니다. 환자를 확인하십시오.",
    "XDSDuplicateUniqueIdInRegistry": "같은 번호의 문서가 이미 등록되어 있습니다.",
    "XDSNonIdenticalHash": "같은 번호로 내용이 다른 문서가 이미 등록되어 있습니다.",
    "XDSNonIdenticalSize": "같은 번호로 내용이 다른 문서가 이미 등록되어 있습니다.",
    "XDSDocumentUniqueIdError": "문서를 열 수 없습니다. 없거나 열람이 허용되지 않은 문서입니다.",
    "XDSUnknownRepositoryId": "문서가 있는 저장소를 찾을 수 없습니다. 관리자에게 알리십시오.",
    "XDSRepositoryBusy": "문서 저장소가 바쁩니다. 잠시 후 다시 시도하십시오.",
    "XDSRegistryBusy": "교류 시스템이 바쁩니다. 잠시 후 다시 시도하십시오.",
    "XDSRegistryNotAvailable": "교류 시스템을 쓸 수 없습니다. 잠시 후 다시 시도하십시오.",
    "XDSRegistryOutOfResources": "교류 시스템의 용량이 모자랍니다. 관리자에게 알리십시오.",
    "XDSRepositoryOutOfResources": "문서가 너무 크거나 저장소의 용량이 모자랍니다.",
    "204": "교류 시스템이 모르는 등록번호 체계입니다. "
    "설정의 [exchange] patient_id_authority가 승인받은 의료기관의 OID인지 확인하십시오.",
    "HTTP 403": "이 의료기관의 참여가 멈추었거나 인증서가 등록되어 있지 않습니다. "
    "관리자에게 알리십시오.",
    "forbidden": "방문을 알릴 수 없습니다. 환자의 교류 동의와 의료기관의 참여를 확인하십시오.",
    "invalid_grant": "묻는 사람을 교류 시스템이 믿지 않습니다. 관리자에게 알리십시오.",
    "XDSTooManyResults": "문서가 너무 많습니다. 기간을 좁혀 다시 찾으십시오.",
}
UNKNOWN_RECIPIENT: Final = (
    "받는 의료기관이 이 교류에 참여하고 있지 않습니다. 받는 기관의 OID(to.oid)를 확인하십시오. "
    "(XDSRegistryMetadataError)"
)
_RECIPIENT: Final = "intendedRecipient"
"""The attribute that the node names when nobody has the OID to which a document is addressed."""
TRANSIENT: Final = frozenset({
    "XDSRepositoryBusy",
    "XDSRegistryBusy",
    "XDSRegistryNotAvailable",
    "XDSRegistryOutOfResources",
    "XDSRepositoryOutOfResources",
})  # fmt: skip  # What a later attempt may find mended.


class LinkError(Exception):
    """Anything that the link tells an EMR."""

    exit_code: ClassVar[int] = 1
    sentence = "처리하지 못했습니다."

    def __init__(self, detail: str = "", sentence: str | None = None) -> None:
        super().__init__(detail or type(self).__name__)
        if sentence is not None:
            self.sentence = sentence


class ConfigurationWrong(LinkError):
    """The configuration lacks something, or would send in the clear."""

    exit_code = 2
    sentence = "연계 설정이 잘못되었습니다. 설정 파일을 확인하십시오."


class MessageWrong(LinkError):
    """What the EMR handed over is not what the form requires; nothing was sent."""

    exit_code = 3
    sentence = "보낼 내용이 올바르지 않습니다."


class NodeUnreachable(LinkError):
    """No answer came, so nobody knows whether the message arrived: it is repeated with its ids."""

    exit_code = 4
    sentence = "교류 시스템에 연결할 수 없습니다. 잠시 후 다시 시도하십시오."


class NodeNotTrusted(LinkError):
    """The node's certificate, or ours, was not accepted."""

    exit_code = 5
    sentence = "교류 시스템과 인증서를 서로 확인하지 못했습니다. 관리자에게 알리십시오."


class NodeRefused(LinkError):
    """The node answered and refused; `codes` are its own and `contexts` its sentences."""

    exit_code = 6

    def __init__(self, codes: tuple[str, ...], contexts: tuple[str, ...] = ()) -> None:
        known = next((SENTENCES[code] for code in codes if code in SENTENCES), None)
        if known is None and any(context.startswith(_RECIPIENT) for context in contexts):
            known = UNKNOWN_RECIPIENT
        told = "; ".join(
            f"{code}: {context}" for code, context in zip(codes, contexts, strict=False)
        )
        super().__init__(
            told or ", ".join(codes), known or "교류 시스템이 요청을 받아들이지 않았습니다."
        )
        self.codes = codes
        self.contexts = contexts

    @property
    def is_transient(self) -> bool:
        """Whether a later attempt may go through."""
        # A bare HTTP status is not about the message, unless that is too large.
        return bool(self.codes) and all(
            code in TRANSIENT or (code.startswith("HTTP ") and code != "HTTP 413")
            for code in self.codes
        )


class PatientUnknown(NodeRefused):
    """Nobody has this number: the patient was not registered from here."""

    exit_code = 7

    def __init__(self, contexts: tuple[str, ...] = ()) -> None:
        super().__init__(("XDSUnknownPatientId",), contexts)
        self.sentence += " 이미 등록하였다면 설정의 [exchange] patient_id_authority를 확인하십시오."


class AnswerNotUnderstood(LinkError):
    """The node's answer is not what the standard says."""

    exit_code = 8
    sentence = "교류 시스템의 응답을 이해할 수 없습니다. 관리자에게 알리십시오."


class DocumentAltered(LinkError):
    """The octets are not those that were registered."""

    exit_code = 9
    sentence = "받은 문서가 등록된 문서와 다릅니다. 이 문서를 쓰지 마십시오."
