"""The clinician's pages: the list of a patient's documents, and one that is opened."""

import re
from uuid import UUID

from django.test import Client

from naru.domain.caller import Role
from naru.domain.institution import InstitutionKind
from tests.one_answer.adapters import NO_ID, Kind, Question, Told, adapter
from tests.one_answer.content_doors import SOURCE, by_words, narrowed
from tests.one_answer.fhir_doors import logical_id
from tests.one_answer.places import TAKER
from tests.one_answer.wire import NotAdmitted, Wire, plain
from tests.one_answer.world import APPROVED
from tests.staging import looking_as

_OWN = re.compile(r'name="key" value="o:([^"]+)"')
_LISTED = re.compile(r'name="document" value="([^"]+)"')
_OPENS = re.compile(r'name="open" value="\S+ ([^"]+)"')
_DIGEST = re.compile(r"<dt>SHA-256</dt><dd>(?:<bdi>)?([0-9a-f]{64})<")
_SENDABLE = re.compile(r'name="document" value="([^"]+)"')
_GOES = re.compile(r"SHA-256 ([0-9a-f]{64})")
_ALLERGY = re.compile(r'name="item" value="allergies-\w+"(?: checked)?> ([^<]+?) <span')
MASKED = re.compile(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"')


SUBMITTING = f"/portal/deliveries/to/{TAKER}"


def can(question: Question) -> bool:
    """A page is looked at by somebody of an institution of care, and shows what is current."""
    asker = question.asker
    return (
        asker.role is Role.SYSTEM
        and asker.place.kind is InstitutionKind.HUB
        and question.status == (APPROVED,)
    )


def clinician(question: Question) -> Client:
    """The browser of somebody at the asker's institution, who has the patient open."""
    return looking_as(question.patient.survivor.key, question.asker.place.id)


def citizen(question: Question) -> Client:
    """The patient's own browser. Raises NotAdmitted: nobody is there on an institution's behalf."""
    if not question.asker.admitted:
        raise NotAdmitted
    return looking_as(question.patient.survivor.key)


def at(institution: UUID, question: Question) -> Client:
    """The browser of somebody at another institution than the asker's."""
    return looking_as(question.patient.survivor.key, institution)


@adapter(Kind.DOCUMENTS, "page clinic", can=can)
def listed(_wire: Wire, question: Question) -> Told:
    client = clinician(question)
    answer = client.get("/clinic")
    if answer.status_code == 403:
        raise NotAdmitted
    assert answer.status_code == 200
    return narrowed(question, _OPENS.findall(answer.content.decode()), papers=True)


@adapter(Kind.DOCUMENTS, "page clinic-documents", can=can)
def every_one(_wire: Wire, question: Question) -> Told:
    client = clinician(question)
    answer = client.get("/clinic/documents")
    if answer.status_code == 403:
        raise NotAdmitted
    assert answer.status_code == 200
    return narrowed(question, _OPENS.findall(answer.content.decode()), papers=True)


@adapter(Kind.DOCUMENTS, "page clinic-import", can=can)
def taken_over(_wire: Wire, question: Question) -> Told:
    """Each document is a source, in a Provenance of its own."""
    client = clinician(question)
    answer = client.post("/clinic/import", {"as": "fhir", "why": "treatment"})
    if answer.status_code == 403:
        raise NotAdmitted
    by_id = {logical_id(one.uuid): one.unique_id for one in question.world.documents}
    found = set(SOURCE.findall(answer.content.decode())) if answer.status_code == 200 else set()
    return narrowed(question, (by_id[one] for one in found), papers=True)


@adapter(Kind.DOCUMENTS, "page clinic-history", can=can, papers=False)
def past(_wire: Wire, question: Question) -> Told:
    """Each line of the past leads to the documents that tell it."""
    client = clinician(question)
    answer = client.get("/clinic/history")
    if answer.status_code == 403:
        raise NotAdmitted
    assert answer.status_code == 200
    return narrowed(question, _LISTED.findall(answer.content.decode()))


def registered(question: Question) -> bool:
    """A chart is one's own of whom the institution has registered; of others nothing is offered."""
    members = question.world.members(question.patient)
    return can(question) and question.asker.place in {one.home for one in members}


@adapter(Kind.DOCUMENTS, "page clinic-referral-new", can=registered, papers=False, own_chart=True)
def offered_for_a_referral(_wire: Wire, question: Question) -> Told:
    """Of what the institution itself wrote, each allergy can be ticked."""
    client = clinician(question)
    answer = client.get("/clinic/referrals/new?kind=referral-letter")
    if answer.status_code == 403:
        raise NotAdmitted
    assert answer.status_code == 200
    found = by_words(question, _ALLERGY.findall(answer.content.decode()))
    return narrowed(question, found, own_chart=True)


@adapter(Kind.DOCUMENTS, "page clinic-open", can=can, opened=True)
def opened(_wire: Wire, question: Question) -> Told:
    client = clinician(question)
    return _opened(client, "/clinic/open", question)


def _opened(client: Client, path: str, question: Question) -> Told:
    told = Told()
    asked = [(one.source.repository, one.unique_id, one) for one in question.documents]
    for repository, unique_id, one in (*asked, (question.world.places[0].repository, NO_ID, None)):
        answer = client.post(path, {"repository": repository, "document": unique_id})
        if answer.status_code == 403:
            raise NotAdmitted
        page = answer.content.decode()
        shown = _DIGEST.search(page)
        if shown is not None:
            assert one is not None
            told.outcomes[unique_id] = f"opened {shown[1]}"
        else:
            told.unseen.add(plain(MASKED.sub("", page), unique_id, repository))
    return told


def own(question: Question) -> bool:
    """The patient's own page is looked at by the patient alone, and shows what is current.

    A consent paper stands there too, without the button by which the others are known here.
    """
    asker = question.asker
    mine = asker.role is Role.PATIENT and question.sight.may_ask(question.patient)
    # Narrowed or not: the page shows all.
    whose = question.patient.survivor
    papers = any(one.is_paper and one.patient.survivor is whose for one in question.world.documents)
    return mine and question.status == (APPROVED,) and not papers


@adapter(Kind.DOCUMENTS, "page portal-records", can=own)
def line_of_ones_own(_wire: Wire, question: Question) -> Told:
    return _all_of_ones_own("/portal/records?kind=document", question, _OWN)


@adapter(Kind.DOCUMENTS, "page portal-consent-documents", can=own)
def all_of_ones_own(_wire: Wire, question: Question) -> Told:
    return _all_of_ones_own("/portal/consent/documents", question, _OWN)


@adapter(Kind.DOCUMENTS, "page portal-share-new", can=own)
def to_share(_wire: Wire, question: Question) -> Told:
    return _all_of_ones_own("/portal/shares/new", question, _SENDABLE)


@adapter(Kind.DOCUMENTS, "page portal-delivery-choose", can=own)
def to_submit(_wire: Wire, question: Question) -> Told:
    return _all_of_ones_own(SUBMITTING, question, _SENDABLE)


def _all_of_ones_own(path: str, question: Question, each: re.Pattern[str]) -> Told:
    answer = citizen(question).get(path)
    assert answer.status_code == 200
    found = set(each.findall(answer.content.decode()))
    assert found == {
        one.unique_id
        for one in question.world.documents
        if one.patient.survivor is question.patient.survivor and one.status is APPROVED
    }
    return Told().seen(*(found & {one.unique_id for one in question.documents}))


@adapter(Kind.DOCUMENTS, "page portal-document", can=own, opened=True)
def opened_by_oneself(_wire: Wire, question: Question) -> Told:
    return _opened(citizen(question), "/portal/document", question)


@adapter(Kind.DOCUMENTS, "page portal-delivery-preview", can=own, opened=True)
def shown_as_it_goes(_wire: Wire, question: Question) -> Told:
    """What would be submitted is opened before; nothing goes before that was looked at."""
    client, told = citizen(question), Told()
    for unique_id in (*(one.unique_id for one in question.documents), NO_ID):
        form = {"document": unique_id, "purpose": "conscription", "days": "7"}
        page = client.post(SUBMITTING, form, follow=True).content.decode()
        goes = _GOES.search(page)
        if goes is not None:
            told.outcomes[unique_id] = f"opened {goes[1]}"
        else:
            told.unseen.add(plain(MASKED.sub("", page), unique_id))
    return told
