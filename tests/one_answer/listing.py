"""Every door that the node lists, by a name of its own; and those that answer no such question."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from naru.demo.urls import urlpatterns as demo
from naru.domain.stored_query import ReturnType
from naru.faces.fhir.interaction import Code
from naru.faces.fhir.interactions import INTERACTIONS
from naru.faces.fhir.records import INTERACTIONS as RECORDS
from naru.faces.fhir.validate import INTERACTIONS as VALIDATIONS
from naru.faces.iti.transactions import TRANSACTIONS
from naru.formats.ebxml.stored_queries import DEFINITIONS
from naru.node.roles import DOORS

EXEMPT = {
    "ITI-41": "brings documents; what it takes is asked for at the other doors",
    "ITI-42": "registers; what it takes is asked for at the other doors",
    "ITI-44": "tells of people; what it tells is asked for at the other doors",
    "ITI-61": "registers; what it takes is asked for at the other doors",
    "GET metadata": "says what the door can do, to anyone, and nothing of a patient",
    "GET AuditEvent": "tells who asked, not what there is; its own tests say for whom",
    "POST AuditEvent/_search": "tells who asked, not what there is; its own tests say for whom",
    "GET AuditEvent/{id}": "tells who asked, not what there is; its own tests say for whom",
    "PUT Patient": "ITI-104 tells of people; what it tells is asked for at the other doors",
    "POST ": "a transaction or ITI-65 brings; what it takes is asked for at the other doors",
    "POST {record}": "writes the asker's own; conditions are proved in tests/exchange/test_records",
    "DELETE {record}": "deletes the asker's own; conditions: see in tests/exchange/test_records",
    "PUT {record}": "writes the asker's own; conditions are proved in tests/exchange/test_records",
    **dict.fromkeys(
        (
            *("POST Patient/$emergency-access", "POST Patient/{id}/$emergency-access"),
            *("POST Patient/$end-emergency-access", "POST Patient/{id}/$end-emergency-access"),
        ),
        "opens or closes a record, which the other doors then show",
    ),
    "POST Patient/$clinic-launch": "gives an address, which leads to the page clinic",
    "page clinic-launch": "chooses a patient of the own institution, and leads to the page clinic",
    "POST {record}/$validate": "judges what it is sent, and tells nothing of a patient",
    "POST {record}/{id}/$validate": "judges what it is sent, or reads by the function of GET",
    "GET OperationDefinition/{id}": "says what an operation takes, and nothing of a patient",
    **dict.fromkeys(
        (
            f"{method} {path}"
            for method in ("GET", "POST")
            for path in (
                *("CodeSystem/$lookup", "CodeSystem/$validate-code", "CodeSystem/$subsumes"),
                *("ValueSet/$expand", "ValueSet/$validate-code", "ConceptMap/$translate"),
            )
        ),
        "says what codes mean, and nothing of a patient",
    ),
    **dict.fromkeys(
        (
            door
            for kind in ("CodeSystem", "ValueSet")
            for door in (f"GET {kind}", f"POST {kind}/_search", f"GET {kind}/{{id}}")
        ),
        "says what codes mean, and nothing of a patient",
    ),
    **dict.fromkeys(
        (
            *("GET StructureDefinition", "POST StructureDefinition/_search"),
            "GET StructureDefinition/{id}",
        ),
        "says what extensions mean, and nothing of a patient",
    ),
    **dict.fromkeys(
        (
            *("page console-terminology", "page console-terminology-upload"),
            *("page console-terminology-check", "page console-terminology-load"),
        ),
        "says what codes mean, and nothing of a patient",
    ),
    **dict.fromkeys(
        (
            door
            for kind in ("Schedule", "Slot", "PractitionerRole", "Location")
            for door in (f"GET {kind}", f"POST {kind}/_search", f"GET {kind}/{{id}}")
        ),
        "when somebody can be seen, and nothing of a patient; who is, says the Appointment, which "
        "is a {record}: see tests/scheduling",
    ),
    "ITI-71": "gives a token, and tells of no patient",
    "ITI-102": "looks at a token, and tells of no patient",
    "ITI-103": "says where tokens are given, to anyone",
    "page language": "chooses a language",
    "page well-known": "says what the node is, to anyone, and nothing of a patient",
    "page portal-accesses-question": "asks about an access",
    "page portal-notices": "notices, which name no document",
    "page portal-notices-all": "chooses how one is told",
    "page portal-notices-prefer": "chooses how one is told",
    "page portal-notices-read": "marks a notice as read",
    "page portal": "who asked, and of the page portal-results the newest lines, by its service; "
    "see tests/portal/test_home",
    "page portal-consent": "what the patient's consent says; of no document",
    "page portal-consent-withdraw": "an act of consent",
    "page portal-consent-give": "an act of consent",
    "page portal-consent-part": "an act of consent",
    "page portal-consent-hide": "an act of consent",
    "page portal-consent-lift": "an act of consent",
    "page portal-sendings": "the patient's referrals, without their papers",
    "page portal-sending-call-back": "an act of consent; see tests/referrals/test_calling_back",
    "page portal-consent-acts": "what the patient said; of no document",
    "page portal-consent-act": "what the patient said; of no document",
    "page portal-consent-object": "an act of consent",
    "page portal-consent-signed": "the patient's own act on paper",
    "page portal-consent-paper": "the patient's own consent on paper",
    "page desk": "who is registered at the desk's own institution; see tests/desk",
    "page desk-register": "registers the institution's own patient",
    "page desk-choose": "chooses whom the desk serves",
    "page desk-patient": "whether a consent stands, for the institution's own patient",
    "page clinic-patient": "opens a patient of the own institution, by its own number",
    "page desk-reception": "says that the institution treats the patient",
    "page desk-consent": "an act of consent",
    "page desk-withdraw": "an act of consent",
    "page desk-part": "an act of consent",
    "page desk-document": "an act of consent; lists what the institution itself wrote",
    "page desk-emergency": "an act of consent",
    "page desk-receipt": "an act of the desk's own",
    "page desk-receipt-pdf": "an act of the desk's own",
    **dict.fromkeys(
        (
            *("page portal-representatives", "page portal-mandate-give"),
            *("page portal-mandate-end", "page portal-code", "page portal-wishes"),
            *("page portal-wishes-narrow", "page portal-wishes-widen"),
            *("page portal-programmes", "page portal-programmes-join"),
            "page portal-programmes-leave",
        ),
        "who speaks for a patient and what they wish; of no document",
    ),
    **dict.fromkeys(
        (
            *("page console-standing", "page console-standing-patient"),
            *("page console-standing-guardian", "page console-standing-end"),
            *("page console-standing-abuse", "page console-standing-death"),
        ),
        "what an officer notes from papers, without a name; of no document",
    ),
    "page clinic-check": "the page clinic again, with what an order meets in what is seen there",
    "page clinic-emergency": "opens a record, which the page clinic then shows",
    "page clinic-emergency-end": "closes a record",
    "page clinic-protection": "suspends representatives; of no document",
    **dict.fromkeys(
        (
            *("page console-emergencies", "page console-emergency-decide"),
            *("page console-statutory", "page console-statutory-demand"),
            *("page console-statutory-release", "page console-statutory-refuse"),
            "page console-statutory-end",
        ),
        "an officer's own cases, whose documents are asked for at the other doors",
    ),
    "page console-withdrawals": "cases without a name; of no document",
    "page console-withdrawal-note": "notes on a case",
    **dict.fromkeys(
        (
            *("page console-client-register", "page console-client-suspend"),
            *("page console-clients", "page console-staff", "page console-staff-end"),
            "page console-staff-invite",
        ),
        "who may come to the doors, and nothing of a patient",
    ),
    **dict.fromkeys(
        (
            *("page console-link-settle", "page console-links", "page console-matching"),
            *("page console-matching-case", "page console-matching-decide"),
            *("page console-matching-merge", "page console-matching-part"),
            "page console-matching-person",
        ),
        "who somebody may be, for the steward; of no record: see in tests/console",
    ),
    **dict.fromkeys(
        (
            *("page console-inbox", "page console-inbox-read"),
            *("page console-review-inbox", "page console-review-inbox-read"),
        ),
        "notices, which name no document",
    ),
    **dict.fromkeys(
        (
            *("page console-accounts", "page console-account"),
            *("page console-account-block", "page console-account-open"),
        ),
        "blocks and opens accounts by their number, and nothing of a record",
    ),
    **dict.fromkeys(
        (
            *("page console-service", "page console-service-keys", "page console-service-suspend"),
            "page console-vendor",
        ),
        "which programs may come to the doors, and nothing of a patient",
    ),
    "page console-audit": "figures of the node, and nothing of a patient",
    "page console-programmes": "which programmes are approved; of no patient",
    "page console-received": "tells who asked elsewhere, without a person",
    "page portal-delivery-paper": "the page portal-delivery again, as a paper",
    "page clinic-referral-forward": "gives on what the page clinic-referral shows; see "
    "tests/referrals/test_acting",
    **dict.fromkeys(
        ("page clinic-referral-reply", "page clinic-referral-return"),
        "the form of the page clinic-referral-new, for the patient of a referral",
    ),
    **dict.fromkeys(
        (
            *("page clinic-hira-hand-over", "page clinic-hira-proof", "page clinic-hira-state"),
            *("page clinic-billing", "page clinic-claim-verify"),
        ),
        "an act on what the page clinic-hira shows, or a list of such acts; see tests/hira",
    ),
    **dict.fromkeys(
        (
            *("page clinic-appointments", "page clinic-appointments-find"),
            *("page clinic-appointments-book", "page clinic-appointment"),
            "page clinic-referral-book",
            *("page clinic-appointment-change", "page clinic-schedules"),
            *("page clinic-schedule", "page clinic-schedule-new", "page portal-appointments"),
            *("page portal-appointment-change", "page portal-appointment-move"),
        ),
        "when who is seen by whom; of no document",
    ),
    **dict.fromkeys(
        (
            *("page portal-tickets", "page portal-ticket", "page portal-ticket-new"),
            *("page portal-ticket-reply", "page console-tickets", "page console-ticket"),
            "page console-ticket-answer",
        ),
        "what a patient said is wrong, and of a document the number that they named themselves; "
        "see tests/tickets",
    ),
    **dict.fromkeys(
        ("page console-calls", "page console-call-ticket"),
        "how it stands with who calls, without a name; of no document: see tests/tickets",
    ),
    **dict.fromkeys(
        (
            *("page console-operations", "page console-errors", "page console-capacity"),
            *("page console-consent-texts", "page console-dead", "page console-dead-give-up"),
            "page console-dead-notice-give-up",
            *("page console-dead-notices", "page console-dead-replay", "page console-policy"),
            *("page console-report", "page console-report-csv", "page console-report-json"),
            *("page statistics", "page statistics-csv", "page statistics-dictionary"),
            "page statistics-json",
        ),
        "figures of the node, and nothing of a patient",
    ),
    **dict.fromkeys(
        (
            *("page find", "page faq", "page leaflet", "page privacy"),
            *("page participants-csv", "page participants-json"),
        ),
        "who takes part and how it works, to anyone, and nothing of a patient",
    ),
    **dict.fromkeys(
        ("page display", "page manifest", "page offline", "page service-worker"),
        "how pages look and are kept, and nothing of a patient",
    ),
    "page portal-hospital": "of what the page portal-consent-documents lists, by its service, the "
    "titles of one hospital's; see tests/portal/test_hospital",
    "page portal-hospital-choose": "chooses a hospital of a group",
    "page portal-hospital-colours": "a hospital's colour, to anyone",
    "page portal-hospital-logo": "a hospital's logo, to anyone",
    "page console-notices": "notices, which name no document",
    "page console-review": "tells who asked, not what there is",
    "page console-review-export": "tells who asked, not what there is",
    "page console-review-sign": "tells who asked, not what there is",
    "page console-review-watch": "tells who asked, not what there is",
    **dict.fromkeys(
        (
            *("page joining", "page joining-case", "page joining-certify", "page joining-close"),
            *("page joining-paper", "page joining-record", "page joining-recruit"),
            *("page joining-return", "page joining-sign"),
        ),
        "an institution's own papers, and nothing of a patient",
    ),
    "page spokes": "a hub's members, and nothing of a patient",
    "page spokes-switch": "whether a hub takes part, and nothing of a patient",
    "page participants": "who takes part, to anyone, and nothing of a patient",
    "page console": "figures of the node, and nothing of a patient",
    "page front": "the story of a demo, told by the services of the other pages",
    "page demo": "the story of a demo, told by the services of the other pages",
    "page demo-consent": "an act of consent",
    "page demo-open": "opens by the same function as the page clinic-open",
    "page demo-outside": "which programs stand beside a demo; of no record",
    "page demo-stories": "what there is to play in a demo; of no record",
    "page demo-be": "chooses as whom a demo's pages are looked at, as the page demo-view-as does",
    "page demo-view-as": "chooses as whom a demo's pages are looked at",
}
"""A door that has no adapter, and why it needs none."""


EXEMPT_ROOMS = {"naru.signin.urls": "says who somebody is, and nothing of a record"}
"""Rooms of pages that tell of nobody's record."""


def listed() -> Iterator[str]:
    """All of them."""
    for door in DOORS:
        if door.path == "/fhir":
            yield from _interactions()
        else:
            # One without transactions is a page, and below.
            for name in door.transactions:
                yield from _queries() if name == "ITI-18" else (name,)
    yield from (one.name for one in TRANSACTIONS if one.name != "ITI-18")
    yield from _pages([*get_resolver(settings.ROOT_URLCONF).url_patterns, *demo])


def _pages(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    """Every address of the router, by its name; what has none, by its path."""
    for one in patterns:
        if isinstance(one, URLResolver):
            if getattr(one.urlconf_module, "__name__", "") in EXEMPT_ROOMS:
                continue
            yield from _pages(one.url_patterns)
        else:
            yield f"page {one.name or one.pattern}"


def _queries() -> Iterator[str]:
    for definition in DEFINITIONS:
        yield from (f"ITI-18 {definition.value.__name__} {one}" for one in ReturnType)


def _interactions() -> Iterator[str]:
    for one in INTERACTIONS:
        of_any = one in RECORDS or one in VALIDATIONS
        path = one.path.replace(one.type, "{record}", 1) if of_any else one.path
        yield from (f"{method} {path}" for method in one.methods)
        if one.code is Code.SEARCH_TYPE:
            yield f"POST {path}/_search"
