"""The pages of consent: what stands, giving it, taking it back, and the proof of each act."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from naru.consent import texts
from naru.consent.errors import (
    BoxMissing,
    ConsentRefused,
    NotMandated,
    PatientDied,
    RepresentativeMissing,
    WordingRefused,
)
from naru.consent.snapshots import Exclusion
from naru.domain.consent_text import ConsentText
from naru.exchange import standing
from naru.exchange.access import Access
from naru.exchange.charts import own_documents
from naru.exchange.consent import choices as consent_choices
from naru.exchange.consent import proof as consent_proof
from naru.exchange.consent.issue import full_name
from naru.exchange.page_access import access_of
from naru.patients import queries as patients
from naru.portal import acts, papers
from naru.portal import consent_presenters as presenters
from naru.ui import consent_form, viewing
from naru.ui.clock import now, today

ROOM = _("마이차트")

_WORDS: Final = {
    WordingRefused: _("동의문이 바뀌었습니다. 지금의 동의문을 다시 읽고 하세요."),
    BoxMissing: _("개인정보와 민감정보에 모두 표시해야 교류할 수 있습니다."),
    PatientDied: _("사망이 적힌 분입니다. 동의와 철회를 더 받지 않습니다."),
    RepresentativeMissing: _("이 나이의 환자는 법정대리인이 동의합니다."),
    NotMandated: _("대리할 수 있는 기간이나 범위가 아닙니다."),
    ConsentRefused: _("고른 것을 확인하고 다시 하세요."),
}

BY: Final = ("department", "institution", "place", "document")


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def consent(request: HttpRequest) -> HttpResponse:
    """What stands now, and what can be done about it."""
    return _standing(request)


@require_POST
@viewing.for_action("withdraw-consent", ROOM)
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take the whole consent back; it holds when the answer is sent."""
    access, patient = of_whom(request, acts.CONSENT)
    try:
        act = acts.withdraw(access, patient, consent_form.wording(request))
    except ConsentRefused as refusal:
        return _again(request, refusal)
    return redirect("portal-consent-act", act)


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("give-consent", ROOM)
def give(request: HttpRequest) -> HttpResponse:
    """The text with its boxes; sent with those that were ticked."""
    access, patient = of_whom(request, acts.CONSENT)
    text, refused = consent_text(), ""
    if request.method == "POST":
        boxes = consent_form.ticked(request)
        try:
            until = _day(request.POST.get("until", ""))
            act = acts.give(
                access, patient, consent_form.wording(request), boxes=boxes, until=until
            )
        except ConsentRefused as refusal:
            refused = _words(refusal)
        else:
            return redirect("portal-consent-act", act)
    shown = {"text": text, "boxes": consent_form.boxes(request, text), "refused": refused}
    status = 422 if refused else 200
    return render(
        request, "portal/consent_text.html", _framed(access, patient, shown), status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("withdraw-consent", ROOM)
def part(request: HttpRequest, by: str) -> HttpResponse:
    """Choose what to take out: a department, an institution, or a department of one."""
    if by not in BY[:3]:
        raise Http404
    access, patient = of_whom(request, acts.CONSENT)
    refused = ""
    if request.method == "POST":
        try:
            chosen = _chosen(request, by)
            act = acts.keep_out(
                access,
                patient,
                consent_form.wording(request),
                chosen,
                reason=request.POST.get("reason", "").strip(),
            )
        except ConsentRefused as refusal:
            refused = _words(refusal)
        else:
            return redirect("portal-consent-act", act)
    like = request.GET.get("q", "")[:100]
    institutions, left = consent_choices.institutions(on=today(now()), like=like)
    shown = {
        "by": by,
        "departments": consent_choices.departments(settings.AFFINITY_DOMAIN),
        "institutions": institutions,
        "left": left,
        "like": like,
        "text": consent_text(),
        "refused": refused,
    }
    status = 422 if refused else 200
    return render(
        request, "portal/consent_part.html", _framed(access, patient, shown), status=status
    )


@require_safe
@viewing.for_action("see-own-record", ROOM)
def documents(request: HttpRequest) -> HttpResponse:
    """Every document, with whether other institutions see it, or why not."""
    access, patient = of_whom(request, acts.LOOK)
    found = own_documents.of_patient(access, patient)
    stands = standing.of_patient(access, patient)
    shown = {"page": presenters.documents(found, stands), "text": consent_text()}
    return render(request, "portal/consent_documents.html", _framed(access, patient, shown))


@require_POST
@viewing.for_action("hide-document", ROOM)
def hide(request: HttpRequest) -> HttpResponse:
    """Take one document out of the exchange; `lift` lets it in again, and asks for more."""
    access, patient = of_whom(request, acts.CONSENT)
    try:
        one = Exclusion(document=_document(request))
        act = acts.keep_out(
            access, patient, consent_form.wording(request), [one], action="hide-document"
        )
    except ConsentRefused as refusal:
        return _again(request, refusal)
    return redirect("portal-consent-act", act)


@require_POST
@viewing.for_action("give-consent", ROOM)
def lift(request: HttpRequest) -> HttpResponse:
    """Let something be exchanged again."""
    access, patient = of_whom(request, acts.CONSENT)
    try:
        one = _exclusion(request.POST.get("key", ""))
        act = acts.lift(access, patient, consent_text().wording, [one])
    except ConsentRefused as refusal:
        return _again(request, refusal)
    return redirect("portal-consent-act", act)


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def history(request: HttpRequest) -> HttpResponse:
    """Everything that was said, newest first."""
    access, patient = of_whom(request, acts.LOOK)
    found = consent_proof.of_acts(access, patient)
    shown = {"acts": [presenters.said(one) for one in found]}
    return render(request, "portal/consent_acts.html", _framed(access, patient, shown))


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def one_act(request: HttpRequest, act: UUID) -> HttpResponse:
    """That an act holds now, and what proves it."""
    access, patient = of_whom(request, acts.LOOK)
    proof = consent_proof.of_act(access, patient, act)
    if proof is None:
        raise Http404
    shown = {"act": presenters.said(proof), "kept": consent_text().words.withdrawal.kept}
    return render(request, "portal/consent_act.html", _framed(access, patient, shown))


@require_POST
@viewing.for_action("report-access", ROOM)
def object_to(request: HttpRequest, act: UUID) -> HttpResponse:
    """Suspend what a desk registered: it was not the patient."""
    access, patient = of_whom(request, acts.CONSENT)
    try:
        acts.object_to(access, patient, act)
    except ConsentRefused as refusal:
        raise Http404 from refusal
    return redirect("portal-consent-act", act)


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def paper(request: HttpRequest) -> HttpResponse:
    """The consent as it stands, as a document to keep or to take elsewhere."""
    access, patient = of_whom(request, papers.PAPER)
    return _download(papers.consent_paper(access, patient), "consent.xml")


@require_safe
@viewing.for_action("see-own-matters", ROOM)
def signed(request: HttpRequest, act: UUID, part_of: str) -> HttpResponse:
    """The signed document of an act, or the document of its signature."""
    access, patient = of_whom(request, papers.PAPER)
    kept = papers.of_act(access, patient, act)
    if kept is None:
        raise Http404
    if part_of == "signature":
        return _download(kept.signature, "consent-signature.xml")
    return _download(kept.content, "consent.xml")


def of_whom(request: HttpRequest, transaction: str) -> tuple[Access, UUID]:
    """The page's access, and whose page it is: one's own, or that of whom one represents."""
    access = access_of(request, transaction)
    patient = access.caller.patient
    assert patient is not None, "a citizen's caller names whose records are theirs"
    return access, patient


def _standing(request: HttpRequest, refused: str = "") -> HttpResponse:
    access, patient = of_whom(request, acts.LOOK)
    stands = standing.of_patient(access, patient)
    page = presenters.page(_name(patient), stands)
    shown = _framed(access, patient, {"page": page, "text": consent_text(), "refused": refused})
    return render(request, "portal/consent.html", shown, status=422 if refused else 200)


def _again(request: HttpRequest, refusal: ConsentRefused) -> HttpResponse:
    return _standing(request, _words(refusal))


def _framed(access: Access, patient: UUID, shown: Mapping[str, object]) -> dict[str, object]:
    behalf = presenters.on_behalf(_name(patient), acts.represents(access, patient))
    return {"behalf": behalf, **shown}


def _name(patient: UUID) -> str:
    return full_name(patients.demographics(patient))


def consent_text() -> ConsentText:
    """The words of consent that hold today, in the language of the page."""
    return texts.of(presenters.language(), on=today(now()))


def _words(refusal: ConsentRefused) -> str:
    return str(_WORDS.get(type(refusal), _WORDS[ConsentRefused]))


def _chosen(request: HttpRequest, by: str) -> tuple[Exclusion, ...]:
    return consent_choices.chosen(
        by,
        department=request.POST.get("department", ""),
        institution=request.POST.get("institution", ""),
        sides=request.POST.getlist("side"),
        on=today(now()),
        domain=settings.AFFINITY_DOMAIN,
    )


def _exclusion(key: str) -> Exclusion:
    return consent_choices.exclusion(key, on=today(now()), domain=settings.AFFINITY_DOMAIN)


def _document(request: HttpRequest) -> str:
    named = _exclusion(request.POST.get("key", "")).document
    if named is None or request.POST.get("wanted", "hidden") != "hidden":
        raise ConsentRefused("no document is named")
    return named


def _day(text: str) -> date | None:
    try:
        return consent_form.day(text)
    except ValueError:
        raise ConsentRefused("the last day is no day") from None


def _download(content: bytes | None, name: str) -> HttpResponse:
    if content is None:
        raise Http404
    return HttpResponse(
        content,
        content_type="application/xml; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
