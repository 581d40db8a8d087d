"""Made-up people, messages and the strategies that make more of them."""

import string

from hypothesis import strategies as st
from lxml.etree import _Element

from naru.domain.identifiers import Identifier
from naru.domain.patient_messages import II, Device, ProviderOrganization, Transmission
from naru.domain.patient_query import PatientQuery
from naru.domain.person import (
    Address,
    Demographics,
    Gender,
    PatientRecord,
    PersonName,
    Telecom,
    written_whole,
)
from naru.domain.stored_query import TimeRange
from naru.formats import xml
from naru.formats.hl7v3.elements import collapsed

HOSPITAL = "2.999.1.10"
OTHER_HOSPITAL = "2.999.1.20"
AFFINITY = "2.999.1.1"
RESIDENTS = "2.999.1.7"
NODE = Device("2.999.2.1", "2.999.2")
EMR = Device("2.999.3.1", "2.999.3")
STAMP = {"message_id": II("2.999.9.2"), "creation_time": "20261120093001"}


def parse(text: str) -> _Element:
    return xml.parse(text.encode())


def transmission(interaction: str) -> Transmission:
    return Transmission(
        id=II("2.999.9.1", "1"),
        creation_time="20261120093000+0900",
        interaction=interaction,
        sender=EMR,
        receiver=NODE,
    )


WHOLE = PatientRecord(
    identifiers=(Identifier("TEST-0001", HOSPITAL),),
    demographics=Demographics(
        names=(
            PersonName(text="남궁보라", use="L"),
            PersonName(family="Namgung", given=("Bora",), use="ABC"),
        ),
        gender=Gender.FEMALE,
        birth_time="19870403",
        addresses=(
            Address(
                lines=("시험로 12", "101동 202호"),
                city="시험시",
                state="시험도",
                postal_code="00000",
                country="KR",
                use="HP",
            ),
        ),
        telecoms=(Telecom("tel:+82-00-0000-0000", "MC"), Telecom("mailto:bora@test.example")),
        mothers_maiden_name=PersonName(text="제갈시험"),
        deceased=False,
        multiple_birth=True,
        multiple_birth_order=2,
        other_ids=(Identifier("TEST-RRN-0001", RESIDENTS),),
    ),
)
CLINIC = ProviderOrganization(oids=(HOSPITAL,), name="시험의원", telecom="tel:+82-00-000-0000")

words = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=20
    )
    .map(collapsed)
    .filter(bool)
)
numbers = st.integers(0, 99999)
oids = st.lists(st.integers(0, 9999), min_size=1, max_size=4).map(
    lambda arcs: "2.999." + ".".join(map(str, arcs))
)
iis = st.builds(II, oids | st.uuids().map(str), st.none() | words)
devices = st.builds(Device, oids, st.none() | oids)
identifiers = st.builds(Identifier, words, oids)
times = st.datetimes().map(lambda moment: moment.strftime("%Y%m%d%H%M%S").rjust(14, "0")) | (
    st.dates().map(lambda day: day.strftime("%Y%m%d").rjust(8, "0"))
)


def transmissions(interaction: str) -> st.SearchStrategy[Transmission]:
    return st.builds(
        Transmission,
        id=iis,
        creation_time=times,
        interaction=st.just(interaction),
        sender=devices,
        receiver=devices,
        processing_code=st.sampled_from("PTD"),
    )


def _told(name: PersonName) -> PersonName:
    whole = name.text or written_whole(name.family, name.given)
    return PersonName(
        text=whole,
        family=name.family,
        birth_family=name.birth_family,
        given=name.given,
        prefix=name.prefix,
        suffix=name.suffix,
        use=name.use,
    )


names = (
    st.builds(
        PersonName,
        text=st.none() | words,
        family=st.none() | words,
        birth_family=st.none() | words,
        given=st.lists(words, max_size=2).map(tuple),
        prefix=st.none() | words,
        suffix=st.none() | words,
        use=st.sampled_from([None, "L", "ABC", "SRCH", "L SRCH"]),
    )
    .map(_told)
    .filter(lambda name: name != PersonName(use=name.use))
)
addresses = st.builds(
    Address,
    lines=st.lists(words, max_size=2).map(tuple),
    city=st.none() | words,
    state=st.none() | words,
    postal_code=st.none() | words,
    country=st.none() | words,
    use=st.sampled_from([None, "HP", "WP", "H WP"]),
).filter(lambda address: address != Address(use=address.use))
uris = st.text(string.ascii_letters + string.digits + "&+-", min_size=1, max_size=20).map(
    lambda rest: f"tel:{rest}"
)
telecoms = st.builds(Telecom, uris, st.sampled_from([None, "HP", "MC"]))
records = st.builds(
    PatientRecord,
    identifiers=st.lists(identifiers, min_size=1, max_size=3).map(tuple),
    demographics=st.builds(
        Demographics,
        names=st.lists(names, max_size=2).map(tuple),
        gender=st.none() | st.sampled_from(Gender),
        birth_time=st.none() | times,
        addresses=st.lists(addresses, max_size=2).map(tuple),
        telecoms=st.lists(telecoms, max_size=2).map(tuple),
        mothers_maiden_name=st.none() | names,
        deceased=st.none() | st.booleans(),
        deceased_time=st.none() | times,
        multiple_birth=st.none() | st.booleans(),
        multiple_birth_order=st.none() | st.integers(1, 9),
        other_ids=st.lists(identifiers, max_size=2).map(tuple),
    ),
)
told_providers = st.builds(
    ProviderOrganization,
    oids=st.lists(oids, min_size=1, max_size=2).map(tuple),
    name=st.none() | words,
    telecom=st.none() | uris,
)
providers = st.none() | told_providers
_ranges = st.builds(TimeRange, times, st.none() | times) | st.builds(TimeRange, st.none(), times)
queries = (
    st.builds(
        PatientQuery,
        names=st.lists(names, max_size=2).map(tuple),
        gender=st.none() | st.sampled_from(Gender),
        identifiers=st.lists(identifiers, max_size=2).map(tuple),
        addresses=st.lists(addresses, max_size=2).map(tuple),
        telecoms=st.lists(telecoms, max_size=2).map(tuple),
        mothers_maiden_name=st.none() | names,
        domains=st.lists(oids, max_size=3).map(tuple),
        minimum_score=st.none() | st.integers(0, 100),
        match_algorithm=st.none() | words,
    )
    | st.builds(PatientQuery, birth_time=times)
    | st.builds(PatientQuery, born=_ranges)
)
