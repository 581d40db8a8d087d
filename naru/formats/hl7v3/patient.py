"""The Patient role with its Person: the payload of feeds and of demographics answers."""

from typing import Final

from lxml.etree import _Element

from naru.domain.identifiers import Identifier
from naru.domain.patient_messages import ProviderOrganization
from naru.domain.person import Demographics, Gender, PatientRecord, PersonName
from naru.formats.hl7v3.elements import (
    attribute,
    boolean,
    child,
    children,
    integer,
    location_of,
    required,
    text_of,
    time,
)
from naru.formats.hl7v3.errors import MissingElement, NotUnderstood
from naru.formats.hl7v3.identifiers import (
    has_authority,
    read_domain,
    read_identifier,
    write_identifier,
    write_root,
)
from naru.formats.hl7v3.markup import code, flag, text, value
from naru.formats.hl7v3.names import (
    read_address,
    read_name,
    read_telecom,
    write_address,
    write_name,
    write_telecom,
)

GENDERS: Final = "2.16.840.1.113883.5.1"
RELATIONSHIPS: Final = "2.16.840.1.113883.5.111"


def read_record(patient: _Element) -> PatientRecord:
    """A person as the sender knows them."""
    if child(patient, "patientNonPersonLivingSubject") is not None:
        raise NotUnderstood("the patient is no person", location_of(patient))
    person = child(patient, "patientPerson")
    return PatientRecord(
        identifiers=read_patient_ids(patient),
        demographics=_demographics(person) if person is not None else Demographics(),
    )


def read_patient_ids(patient: _Element) -> tuple[Identifier, ...]:
    """Patient.id; one without a root names no domain and is passed over if another has one."""
    # ITI TF-2 3.44.4.1.4: identifiers of other domains than the asked ones are ignored.
    found = tuple(read_identifier(e) for e in children(patient, "id") if has_authority(e))
    if not found:
        raise MissingElement(
            "the patient has no identifier with an authority", f"{location_of(patient)}/id"
        )
    return found


def _demographics(person: _Element) -> Demographics:
    names = map(read_name, children(person, "name"))
    addresses = map(read_address, children(person, "addr"))
    telecoms = map(read_telecom, children(person, "telecom"))
    return Demographics(
        names=tuple(name for name in names if name is not None),
        gender=read_gender(child(person, "administrativeGenderCode")),
        birth_time=time(child(person, "birthTime")),
        addresses=tuple(address for address in addresses if address is not None),
        telecoms=tuple(telecom for telecom in telecoms if telecom is not None),
        mothers_maiden_name=_mothers_maiden_name(person),
        deceased=boolean(child(person, "deceasedInd")),
        deceased_time=time(child(person, "deceasedTime")),
        multiple_birth=boolean(child(person, "multipleBirthInd")),
        multiple_birth_order=integer(child(person, "multipleBirthOrderNumber")),
        other_ids=_of_class(person, patients=True),
        register_ids=_of_class(person, patients=False),
    )


def read_gender(element: _Element | None) -> Gender | None:
    """The administrative gender; a code of another table says nothing to us."""
    found = attribute(element, "code")
    return Gender(found) if found in set(Gender) else None


_PATIENT: Final = "PAT"


def read_other_ids(person: _Element) -> tuple[Identifier, ...]:
    """Ids given by others than the source: the domains' own, a resident number, a passport."""
    return tuple(
        _other_id(element, other)
        for other in children(person, "asOtherIDs")
        for element in children(other, "id")
    )


def _of_class(person: _Element, *, patients: bool) -> tuple[Identifier, ...]:
    """Those by which the person is somebody's patient; or the others, as of a register of a state.

    ITI TF-2 3.44.4.1.2: `classCode` says which, whoever's arc the number is told under.
    """
    return tuple(
        _other_id(element, other)
        for other in children(person, "asOtherIDs")
        if (attribute(other, "classCode") in {None, _PATIENT}) is patients
        for element in children(other, "id")
    )


def _other_id(element: _Element, other: _Element) -> Identifier:
    scope = child(other, "scopingOrganization", "id")
    if has_authority(element) or scope is None:
        return read_identifier(element)
    # ITI TF-2 3.44.4.1.2.1: both roots SHALL be identical, so either tells the domain.
    found = attribute(element, "extension")
    if found is None:
        raise MissingElement("an identifier has no extension", location_of(element))
    return Identifier(found, read_domain(scope))


def read_missing_domains(patient: _Element) -> tuple[str, ...]:
    """The domains for which the answer says that the person has no id."""
    person = child(patient, "patientPerson")
    others = children(person, "asOtherIDs") if person is not None else ()
    scopes = [
        child(other, "scopingOrganization", "id") for other in others if not children(other, "id")
    ]
    return tuple(read_domain(scope) for scope in scopes if scope is not None)


def _mothers_maiden_name(person: _Element) -> PersonName | None:
    for relationship in children(person, "personalRelationship"):
        name = child(relationship, "relationshipHolder1", "name")
        if attribute(child(relationship, "code"), "code") == "MTH" and name is not None:
            return read_name(name)
    return None


def read_provider(patient: _Element) -> ProviderOrganization | None:
    """The organization where the person is a patient."""
    element = child(patient, "providerOrganization")
    if element is None:
        return None
    required(element, "id")
    telecom = child(element, "contactParty", "telecom")
    return ProviderOrganization(
        oids=tuple(read_domain(e) for e in children(element, "id")),
        name=text_of(child(element, "name")),
        telecom=attribute(telecom, "value"),
    )


def write_patient(
    record: PatientRecord,
    provider: ProviderOrganization | None,
    *,
    missing_domains: tuple[str, ...] = (),
    observation: str = "",
) -> str:
    """The Patient role."""
    ids = "".join(write_identifier("id", identifier) for identifier in record.identifiers)
    person = _write_person(record.demographics, missing_domains)
    return (
        f'<patient classCode="PAT">{ids}<statusCode code="active"/>'
        f"{person}{write_provider(provider)}{observation}</patient>"
    )


def _write_person(person: Demographics, missing_domains: tuple[str, ...]) -> str:
    gender = code("administrativeGenderCode", person.gender, GENDERS)
    return (
        '<patientPerson classCode="PSN" determinerCode="INSTANCE">'
        + "".join(write_name("name", name) for name in person.names or (None,))
        + "".join(write_telecom("telecom", telecom) for telecom in person.telecoms)
        + f"{gender}{value('birthTime', person.birth_time)}{_write_death_and_birth(person)}"
        + "".join(write_address("addr", address) for address in person.addresses)
        + "".join(
            _write_other_id(write_identifier("id", other), other.authority)
            for other in person.other_ids
        )
        + "".join(_write_other_id('<id nullFlavor="NA"/>', domain) for domain in missing_domains)
        + f"{_write_mother(person.mothers_maiden_name)}</patientPerson>"
    )


def _write_death_and_birth(person: Demographics) -> str:
    return (
        flag("deceasedInd", person.deceased)
        + value("deceasedTime", person.deceased_time)
        + flag("multipleBirthInd", person.multiple_birth)
        + value("multipleBirthOrderNumber", person.multiple_birth_order)
    )


def _write_other_id(identifier: str, authority: str) -> str:
    return (
        f'<asOtherIDs classCode="PAT">{identifier}'
        '<scopingOrganization classCode="ORG" determinerCode="INSTANCE">'
        f"{write_root('id', authority)}</scopingOrganization></asOtherIDs>"
    )


def _write_mother(name: PersonName | None) -> str:
    if name is None:
        return ""
    return (
        f'<personalRelationship classCode="PRS">{code("code", "MTH", RELATIONSHIPS)}'
        '<relationshipHolder1 classCode="PSN" determinerCode="INSTANCE">'
        f"{write_name('name', name)}</relationshipHolder1></personalRelationship>"
    )


def domains_of(record: PatientRecord) -> ProviderOrganization:
    """The least that the schema and ITI TF-2 3.44.4.1.2.2 want to know of the organization."""
    # ITI TF-2 E.2: the roots of the patient's identifiers are those of the organization's.
    oids = dict.fromkeys(identifier.authority for identifier in record.identifiers)
    return ProviderOrganization(oids=tuple(oids))


def write_provider(provider: ProviderOrganization | None) -> str:
    """The organization where the person is a patient; nothing where it is not told."""
    if provider is None:
        return ""
    ids = "".join(write_root("id", oid) for oid in provider.oids)
    telecom = value("telecom", provider.telecom) or '<telecom nullFlavor="NI"/>'
    return (
        f'<providerOrganization classCode="ORG" determinerCode="INSTANCE">{ids}'
        f'{text("name", provider.name)}<contactParty classCode="CON">{telecom}</contactParty>'
        "</providerOrganization>"
    )
