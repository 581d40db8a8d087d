"""rs:RegistryResponse with its RegistryErrorList (ITI TF-3 4.2.4), both ways."""

from collections.abc import Iterable
from typing import Final

from lxml.etree import _Element

from naru.domain.registry_errors import (
    ErrorCode,
    RegistryError,
    RegistryResponse,
    ResponseStatus,
    Severity,
)
from naru.formats.ebxml import namespaces as ns
from naru.formats.ebxml.errors import invalid
from naru.formats.xml.escape import escape

TAG: Final = f"{{{ns.RS}}}RegistryResponse"
_ERROR_LIST: Final = f"{{{ns.RS}}}RegistryErrorList"
_ERROR: Final = f"{{{ns.RS}}}RegistryError"
_CODES: Final = {code.value: code for code in ErrorCode}
_STATUSES: Final = {status.value: status for status in ResponseStatus}


def from_ebxml(element: _Element) -> RegistryResponse:
    """The status and errors of any answer that is a RegistryResponse, by what name ever."""
    status = _STATUSES.get(element.get("status", ""))
    if status is None:
        raise invalid("the response must carry a status of ITI TF-3 4.2.4")
    errors = element.find(_ERROR_LIST)
    found = () if errors is None else tuple(map(_error, errors.iterchildren(_ERROR)))
    return RegistryResponse(status, found)


def _error(element: _Element) -> RegistryError:
    code = element.get("errorCode", "")
    known = _CODES.get(code)
    context = element.get("codeContext", "")
    return RegistryError(
        # A code of another supplement or of ebXML itself is told in words beside the general one.
        code=known or ErrorCode.XDSRegistryError,
        context=context if known else f"{code}: {context}",
        severity=_severity(element),
        location=element.get("location"),
    )


def _severity(element: _Element) -> Severity:
    warning = element.get("severity") == Severity.WARNING.value
    return Severity.WARNING if warning else Severity.ERROR


def to_ebxml(response: RegistryResponse) -> str:
    """The RegistryResponse, an element that declares its own prefix."""
    return (
        f'<rs:RegistryResponse xmlns:rs="{ns.RS}" status="{response.status.value}">'
        f"{error_list(response.errors)}</rs:RegistryResponse>"
    )


def error_list(errors: Iterable[RegistryError]) -> str:
    """The RegistryErrorList; nothing where there is no error, as the list may not be empty."""
    listed = tuple(errors)
    if not listed:
        return ""
    severities = {error.severity for error in listed}
    highest = Severity.ERROR if Severity.ERROR in severities else Severity.WARNING
    told = "".join(map(_error_text, listed))
    return f'<rs:RegistryErrorList highestSeverity="{highest.value}">{told}</rs:RegistryErrorList>'


def _error_text(error: RegistryError) -> str:
    # ITI TF-3 4.2.4.1: code, context and severity on each; the element stays empty.
    location = "" if error.location is None else f' location="{escape(error.location)}"'
    return (
        f'<rs:RegistryError errorCode="{error.code.value}" codeContext="{escape(error.context)}"'
        f' severity="{error.severity.value}"{location}/>'
    )
