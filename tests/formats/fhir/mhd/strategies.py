"""Metadata that has a place on both sides, as Hypothesis draws it."""

import string
from datetime import datetime

from hypothesis import strategies as st

from naru.domain.codes import Code, LocalizedString
from naru.domain.hl7_v2_names import escape
from naru.domain.identifiers import Identifier
from naru.domain.xds import (
    Author,
    AvailabilityStatus,
    DocumentEntry,
    Folder,
    SubmissionSet,
)

WORD = st.text(string.ascii_letters + string.digits + "가나다|^&~\\.-", min_size=1, max_size=10)
UUIDS = st.uuids(version=4).map(lambda one: one.urn)
OIDS = st.integers(0, 10**9).map("2.999.{}".format)
PLAIN = st.text(string.ascii_letters + string.digits + ".-", min_size=1, max_size=12)
PATIENT_IDS = st.builds(Identifier, PLAIN, OIDS)
# Whatever the zone, a time of these years can be told in another.
TIMES = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)).map(  # noqa: DTZ001  # The bounds of st.datetimes have to be without a zone, as a DTM is.
    lambda time: f"{time.year:04}{time:%m%d%H%M%S}"
)
DTMS = TIMES | TIMES.map(lambda text: text[:8]) | TIMES.map(lambda text: text[:4])
TITLES = st.just(()) | WORD.map(lambda text: (LocalizedString(text),))
SCHEMES = st.one_of(
    OIDS,
    st.sampled_from(["2.16.840.1.113883.6.1", "NARU-CLASS", "a b%", "http://example.org/codes"]),
)
CODES = st.builds(Code, WORD, SCHEMES, TITLES)


def tuples(one: st.SearchStrategy, size: int = 2) -> st.SearchStrategy:
    return st.lists(one, max_size=size).map(tuple)


@st.composite
def xcn(draw: st.DrawFn) -> str:
    identity, oid = draw(PLAIN), draw(OIDS)
    family, given = escape(draw(WORD)), escape(draw(st.just("") | WORD))
    if draw(st.booleans()):
        return f"^{family}^{given}".rstrip("^")
    return f"{identity}^{family}^{given}^^^^^^&{oid}&ISO"


@st.composite
def xon(draw: st.DrawFn) -> str:
    name, oid = escape(draw(WORD)), draw(OIDS)
    return draw(
        st.sampled_from([name, f"{name}^^^^^^^^^{oid}", f"{name}^^^^^&{oid}&ISO^^^^TEST-1"])
    )


XTN = PLAIN.map("^^Internet^{}@example.org".format) | st.sampled_from(
    ["^WPN^PH^^^^02-000-0000", "^PRN^CP^^^^010", "^^FX^^^^1"]
).map(lambda text: text.replace("^PRN^CP", "^^CP"))
CODED = st.builds(lambda code, oid: f"{escape(code)}^^^&{oid}&ISO", WORD, OIDS)
PERSONS = st.builds(Author, person=xcn(), telecommunications=tuples(XTN, 1))
PLACES = st.builds(
    Author, institutions=xon().map(lambda one: (one,)), telecommunications=tuples(XTN, 1)
)
ROLES = st.builds(
    Author,
    person=xcn(),
    institutions=xon().map(lambda one: (one,)),
    roles=tuples(CODED | WORD.map(escape)),
    specialties=tuples(CODED),
    telecommunications=tuples(XTN, 1),
)
AUTHORS = PERSONS | PLACES | ROLES
REFERENCE_IDS = st.builds(
    lambda value, oid, kind: f"{value}^^^&{oid}&ISO^urn:ihe:iti:xds:2013:{kind}",
    PLAIN,
    OIDS,
    st.sampled_from(["accession", "order", "referral"]),
) | OIDS.map("{}^^^^urn:ihe:iti:xds:2013:uniqueId".format)
SOURCE = st.builds(
    lambda name, sex: (f"PID-5|{name}", f"PID-8|{sex}"),
    xcn().map(lambda _: "김^나루"),
    st.just("F"),
)

ENTRIES = st.builds(
    DocumentEntry,
    entry_uuid=UUIDS,
    unique_id=st.one_of(OIDS, OIDS.map("{}^TEST-1".format), UUIDS),
    patient_id=PATIENT_IDS,
    mime_type=st.sampled_from(["text/xml", "application/pdf"]),
    availability_status=st.sampled_from(AvailabilityStatus),
    authors=tuples(AUTHORS),
    class_code=st.none() | CODES,
    comments=TITLES,
    confidentiality_codes=tuples(CODES),
    creation_time=st.none() | DTMS,
    event_codes=tuples(CODES),
    format_code=st.none() | CODES,
    hash=st.none() | st.binary(min_size=20, max_size=20).map(bytes.hex),
    healthcare_facility_type_code=st.none() | CODES,
    home_community_id=st.none() | OIDS.map("urn:oid:{}".format),
    language_code=st.none() | st.just("ko-KR"),
    legal_authenticator=st.none() | xcn(),
    practice_setting_code=st.none() | CODES,
    reference_ids=tuples(REFERENCE_IDS),
    service_start_time=st.none() | DTMS,
    service_stop_time=st.none() | DTMS,
    size=st.none() | st.integers(0, 2**31 - 1),
    source_patient_id=PATIENT_IDS,
    source_patient_info=st.just(()) | SOURCE,
    title=TITLES,
    type_code=st.none() | CODES,
)
SUBMISSION_SETS = st.builds(
    SubmissionSet,
    entry_uuid=UUIDS,
    unique_id=OIDS,
    patient_id=PATIENT_IDS,
    source_id=OIDS,
    submission_time=st.none() | DTMS,
    content_type_code=st.none() | CODES,
    authors=tuples(AUTHORS, 1),
    availability_status=st.just(AvailabilityStatus.APPROVED),
    comments=TITLES,
    intended_recipients=tuples(
        st.one_of(xon(), xcn().map("|{}".format), st.builds("{}|{}".format, xon(), xcn()))
    ),
    title=TITLES,
)
FOLDERS = st.builds(
    Folder,
    entry_uuid=UUIDS,
    unique_id=OIDS,
    patient_id=PATIENT_IDS,
    codes=tuples(CODES),
    availability_status=st.just(AvailabilityStatus.APPROVED),
    comments=TITLES,
    last_update_time=st.none() | DTMS,
    title=TITLES,
)
