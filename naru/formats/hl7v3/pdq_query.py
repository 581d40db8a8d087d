"""ITI-47 Patient Demographics Query HL7 V3, the request: who is this (ITI TF-2 3.47.4.1)."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from lxml.etree import _Element

from naru.domain.patient_messages import DemographicsRequest
from naru.domain.patient_query import PatientQuery
from naru.domain.person import Address, Gender, PersonName, Telecom
from naru.domain.stored_query import TimeRange
from naru.formats.hl7v3.elements import (
    all_children,
    child,
    children,
    integer,
    location_of,
    name_of,
    required,
    required_attribute,
    text_of,
    time,
)
from naru.formats.hl7v3.errors import MalformedValue, MissingElement, NotUnderstood
from naru.formats.hl7v3.identifiers import (
    read_domain,
    read_identifier,
    read_ii,
    write_identifier,
    write_ii,
    write_root,
)
from naru.formats.hl7v3.markup import attributes, code, text, value
from naru.formats.hl7v3.names import (
    read_address,
    read_name,
    read_telecom,
    write_address,
    write_name,
    write_telecom,
)
from naru.formats.hl7v3.patient import GENDERS, read_gender
from naru.formats.hl7v3.queries import PARAMETERS, parameter_value, query_of, write_parameter
from naru.formats.hl7v3.wrappers import (
    expect,
    read_transmission,
    write_control_act,
    write_message,
)

REQUEST: Final = "PRPA_IN201305UV02"

# What we search by; another parameter narrows what is asked, so to pass over it would answer
# with people who were not asked for.
_SEARCHED: Final = frozenset(
    {
        "id",
        "livingSubjectAdministrativeGender",
        "livingSubjectBirthTime",
        "livingSubjectId",
        "livingSubjectName",
        "mothersMaidenName",
        "otherIDsScopingOrganization",
        "patientAddress",
        "patientTelecom",
    }
)
_T = TypeVar("_T")


def scoping_organization_location(repetition: int) -> str:
    """Where the asked domain with this number, from 1, stands."""
    return f"/{REQUEST}/{PARAMETERS}/otherIDsScopingOrganization[{repetition}]/value"


def read_demographics_request(message: _Element) -> DemographicsRequest:
    """What a consumer asks."""
    expect(message, REQUEST)
    query = query_of(message)
    return DemographicsRequest(
        transmission=read_transmission(message),
        query_id=read_ii(required(query, "queryId")),
        query=read_patient_query(query),
        initial_quantity=_initial_quantity(query),
    )


def _initial_quantity(query: _Element) -> int | None:
    element = child(query, "initialQuantity")
    found = integer(element)
    if found is not None and found < 1:
        raise MalformedValue("initialQuantity must be at least 1", f"{location_of(query)}")
    unit = child(query, "initialQuantityCode")
    if unit is not None and required_attribute(unit, "code") != "RD":
        raise NotUnderstood("initialQuantity is counted in records, RD", location_of(unit))
    return found


def read_patient_query(query: _Element) -> PatientQuery:
    """The parameters, of a request or of the copy in an answer."""
    parameters = required(query, "parameterList")
    _refuse_unknown(parameters)
    birth = _birth_time(parameters)
    return PatientQuery(
        names=_alternatives(parameters, "livingSubjectName", read_name),
        gender=_gender(parameters),
        birth_time=birth if isinstance(birth, str) else None,
        born=birth if isinstance(birth, TimeRange) else None,
        identifiers=tuple(
            read_identifier(parameter_value(parameter))
            for parameter in all_children(parameters, "livingSubjectId")
        ),
        addresses=_alternatives(parameters, "patientAddress", read_address),
        telecoms=_alternatives(parameters, "patientTelecom", read_telecom),
        mothers_maiden_name=_mothers_maiden_name(parameters),
        domains=tuple(
            read_domain(parameter_value(parameter))
            for parameter in all_children(parameters, "otherIDsScopingOrganization")
        ),
        minimum_score=integer(child(query, "matchCriterionList", "minimumDegreeMatch", "value")),
        match_algorithm=text_of(child(query, "matchCriterionList", "matchAlgorithm", "value")),
    )


def _refuse_unknown(parameters: _Element) -> None:
    for parameter in parameters.iterchildren("*"):
        if name_of(parameter) not in _SEARCHED:
            raise NotUnderstood("this parameter is not searched by", location_of(parameter))


def _single(parameters: _Element, name: str) -> _Element | None:
    found = all_children(parameters, name, at_most=1)
    return parameter_value(found[0]) if found else None


def _gender(parameters: _Element) -> Gender | None:
    element = _single(parameters, "livingSubjectAdministrativeGender")
    gender = read_gender(element)
    if element is not None and gender is None:
        raise NotUnderstood("this gender is not searched by", location_of(element))
    return gender


def _birth_time(parameters: _Element) -> str | TimeRange | None:
    element = _single(parameters, "livingSubjectBirthTime")
    if element is None:
        return None
    whole, low, high = time(element), child(element, "low"), child(element, "high")
    if whole is not None:
        return whole
    if low is None and high is None:
        raise NotUnderstood("this kind of time range is not searched by", location_of(element))
    return TimeRange(time(low), time(high))


def _alternatives(
    parameters: _Element, name: str, read: Callable[[_Element], _T | None]
) -> tuple[_T, ...]:
    """The values of a parameter that are ORed, over its repetitions."""
    # ITI TF-2 Table 3.47.4.1.2.2-1: several values, or several names, are alternatives.
    return tuple(
        _not_empty(read(element), element)
        for parameter in all_children(parameters, name)
        for element in children(parameter, "value") or (required(parameter, "value"),)
    )


def _not_empty(found: _T | None, element: _Element) -> _T:
    if found is None:
        raise MissingElement("the parameter is empty", location_of(element))
    return found


def _mothers_maiden_name(parameters: _Element) -> PersonName | None:
    element = _single(parameters, "mothersMaidenName")
    return _not_empty(read_name(element), element) if element is not None else None


def write_demographics_request(request: DemographicsRequest) -> str:
    """What a consumer sends."""
    query = (
        f"<queryByParameter>{write_ii('queryId', request.query_id)}"
        '<statusCode code="new"/><responseModalityCode code="R"/><responsePriorityCode code="I"/>'
        f"{value('initialQuantity', request.initial_quantity)}{_write_criteria(request.query)}"
        f"<parameterList>{_write_parameters(request.query)}</parameterList></queryByParameter>"
    )
    return write_message(
        request.transmission,
        write_control_act("PRPA_TE201305UV02", query),
        accept_acknowledgement="AL",
    )


def _write_criteria(query: PatientQuery) -> str:
    criteria = ""
    if query.match_algorithm is not None:
        algorithm = text("value", query.match_algorithm).replace(
            "<value", '<value xsi:type="ST"', 1
        )
        criteria += write_parameter("matchAlgorithm", algorithm, "MatchAlgorithm")
    if query.minimum_score is not None:
        score = f'<value xsi:type="INT"{attributes(value=query.minimum_score)}/>'
        criteria += write_parameter("minimumDegreeMatch", score, "MinimumDegreeMatch")
    return f"<matchCriterionList>{criteria}</matchCriterionList>" if criteria else ""


def _write_parameters(query: PatientQuery) -> str:
    return (
        _write_subject(query)
        + _each("otherIDsScopingOrganization", "OtherIDs.scopingOrganization.id", _roots(query))
        + _together("patientAddress", "Patient.addr", _addresses(query.addresses))
        + _together("patientTelecom", "Patient.telecom", _telecoms(query.telecoms))
    )


def _write_subject(query: PatientQuery) -> str:
    gender = code("value", query.gender, GENDERS)
    mother = query.mothers_maiden_name
    ids = (write_identifier("value", identifier) for identifier in query.identifiers)
    names = (write_name("value", name) for name in query.names)
    maiden = write_name("value", mother) if mother is not None else ""
    return (
        _together("livingSubjectAdministrativeGender", "LivingSubject.administrativeGender", gender)
        + _together("livingSubjectBirthTime", "LivingSubject.birthTime", _write_birth_time(query))
        + _each("livingSubjectId", "LivingSubject.id", ids)
        + _each("livingSubjectName", "LivingSubject.name", names)
        + _together("mothersMaidenName", "Person.MothersMaidenName", maiden)
    )


def _write_birth_time(query: PatientQuery) -> str:
    if query.born is not None:
        return f"<value>{value('low', query.born.start)}{value('high', query.born.end)}</value>"
    return value("value", query.birth_time)


def _roots(query: PatientQuery) -> Iterable[str]:
    return (write_root("value", domain) for domain in query.domains)


def _addresses(addresses: tuple[Address, ...]) -> str:
    return "".join(write_address("value", address) for address in addresses)


def _telecoms(telecoms: tuple[Telecom, ...]) -> str:
    return "".join(write_telecom("value", telecom) for telecom in telecoms)


def _together(name: str, semantics: str, values: str) -> str:
    return write_parameter(name, values, semantics) if values else ""


def _each(name: str, semantics: str, values: Iterable[str]) -> str:
    return "".join(write_parameter(name, one, semantics) for one in values)
