from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from naru.consent import texts
from naru.consent.errors import (
    BoxMissing,
    ConsentRefused,
    NotMandated,
    NotRegisteredHere,
    PatientDied,
    RepresentativeMissing,
    WordingRefused,
)
from naru.consent.snapshots import ActId, Exclusion
from naru.desk import acts, forms, presenters
from naru.desk.forms import FormWrong, Signing
from naru.domain.consent_text import ConsentText
from naru.exchange.access import Access
from naru.exchange.callers import staff
from naru.exchange.charts import own_documents
from naru.exchange.consent import choices as consent_choices
from naru.exchange.consent import proof as consent_proof
from naru.exchange.consent import wishes
from naru.exchange.page_access import access_of
from naru.exchange.treatment import reception
from naru.exchange.treatment.reception import Known
from naru.patients.errors import Refused
from naru.ui import consent_form, viewing
from naru.ui.clock import moment, now, today

if TYPE_CHECKING:
    from naru.domain.paper import Press

ROOM = _("접수처")
PATIENT: Final = "desk-patient"
"""The session's word for whom the desk serves."""

BY: Final = ("department", "institution", "place")

_WORDS: Final = {
    WordingRefused: _("동의문이 바뀌었습니다. 지금의 동의문을 다시 읽어 주세요."),
    BoxMissing: _("개인정보와 민감정보에 모두 표시해야 교류할 수 있습니다."),
    RepresentativeMissing: _("이 나이의 환자는 법정대리인이 동의합니다. 대리인을 적어 주세요."),
    NotMandated: _(
        "아이가 아니면 본인이 말합니다. 대신 말하는 사람은 위임장이나 후견등기사항증명서의"
        " 종류와 번호를 적고, 그래도 되지 않으면 개인정보 보호책임자에게 물어보세요."
    ),
    PatientDied: _(
        "사망이 적힌 환자입니다. 동의와 철회를 더 받지 않습니다."
        " 가족은 이 기관에 사본을 신청합니다(의료법 제21조제3항)."
    ),
    NotRegisteredHere: _("이 기관에 등록된 환자가 아닙니다."),
    ConsentRefused: _("고른 것을 확인하고 다시 하세요."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("register-consent", ROOM)
def desk(request: HttpRequest) -> HttpResponse:
    """Find whom the desk serves: by the institution's own number, or by name and birth."""
    access, found, refused = access_of(request, acts.LOOK), None, ""
    if request.method == "POST":
        try:
            found = presenters.people(_found(access, request))
        except FormWrong as wrong:
            refused = str(presenters.FIELDS[wrong.field])
    shown = {"found": found, "refused": refused, "given": request.POST}
    return render(request, "desk/desk.html", shown, status=422 if refused else 200)


@require_POST
@viewing.for_action("register-consent", ROOM)
def register(request: HttpRequest) -> HttpResponse:
    """Register somebody who came for the first time, and serve them."""
    access = access_of(request, acts.REGISTER)
    try:
        patient = reception.register(access, forms.newcomer(request.POST))
    except FormWrong as wrong:
        refused = presenters.FIELDS[wrong.field]
    except (Refused, ConsentRefused):
        refused = _("이 번호로는 등록할 수 없습니다. 번호와 인적사항을 확인하세요.")
    else:
        request.session[PATIENT] = str(patient)
        return redirect("desk-patient")
    shown = {"found": None, "refused": refused, "given": request.POST}
    return render(request, "desk/desk.html", shown, status=422)


@require_POST
@viewing.for_action("register-consent", ROOM)
def choose(request: HttpRequest) -> HttpResponse:
    """Serve one of those who were found."""
    access_of(request, acts.LOOK)
    try:
        request.session[PATIENT] = str(UUID(request.POST.get("patient", "")))
    except ValueError as error:
        raise Http404 from error
    return redirect("desk-patient")


@require_safe
@viewing.for_action("register-consent", ROOM)
def patient(request: HttpRequest) -> HttpResponse:
    """What can be done for this patient; of their consent only whether it stands."""
    access, known = _served(request, acts.LOOK)
    if known is None:
        return redirect("desk")
    stands = reception.consents(access, known.patient)
    shown = {"person": presenters.person(known), "stands": stands}
    return render(request, "desk/patient.html", shown)


@require_POST
@viewing.for_action("begin-treatment", ROOM)
def receive(request: HttpRequest) -> HttpResponse:
    """Begin a reception; the same page then says until when it counts."""
    access, known = _served(request, acts.RECEPTION)
    if known is None:
        return redirect("desk")
    relation = acts.receive(access, known.patient)
    stands = reception.consents(access, known.patient)
    shown = {
        "person": presenters.person(known),
        "stands": stands,
        "received": moment(relation.until),
    }
    return render(request, "desk/patient.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("register-consent", ROOM)
def consent(request: HttpRequest) -> HttpResponse:
    """Read the text aloud, tick the boxes one by one, see who it is, sign."""

    def take(access: Access, known: Known, signing: Signing) -> ActId:
        return acts.consent(
            access,
            known.patient,
            consent_form.wording(request),
            signing,
            boxes=consent_form.ticked(request),
            until=_until(request),
        )

    return _signed(request, "desk/consent.html", take, {})


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("register-consent", ROOM)
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take the whole consent back."""

    def take(access: Access, known: Known, signing: Signing) -> ActId:
        wording = consent_form.wording(request)
        return acts.withdraw(access, known.patient, wording, signing)

    return _signed(request, "desk/withdraw.html", take, {})


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("register-consent", ROOM)
def part(request: HttpRequest, by: str) -> HttpResponse:
    """Take a part out: a department, an institution, or a department of one."""
    if by not in BY:
        raise Http404

    def take(access: Access, known: Known, signing: Signing) -> ActId:
        wording, chosen = consent_form.wording(request), _chosen(request, by)
        return acts.keep_out(access, known.patient, wording, signing, chosen)

    like = request.GET.get("q", "")[:100]
    institutions, left = consent_choices.institutions(on=today(now()), like=like)
    shown = {
        "by": by,
        "departments": consent_choices.departments(settings.AFFINITY_DOMAIN),
        "institutions": institutions,
        "left": left,
        "like": like,
    }
    return _signed(request, "desk/part.html", take, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("register-consent", ROOM)
def document(request: HttpRequest) -> HttpResponse:
    """Hide one document that this institution wrote; nobody here sees what others did."""
    access, known = _served(request, acts.CONSENT)
    if known is None:
        return redirect("desk")
    written = presenters.documents(own_documents.written_here(access, known.patient))

    def take(access: Access, known: Known, signing: Signing) -> ActId:
        chosen = request.POST.get("document", "")
        if chosen not in {one.id for one in written}:
            raise ConsentRefused("no document of this institution is named")
        wording, hidden = consent_form.wording(request), Exclusion(document=chosen)
        return acts.keep_out(access, known.patient, wording, signing, [hidden])

    return _signed(request, "desk/document.html", take, {"documents": written})


@require_http_methods(["GET", "HEAD", "POST"])
@viewing.for_action("register-consent", ROOM)
def emergency(request: HttpRequest) -> HttpResponse:
    """Show nothing even in an emergency; whether it stands already is not told here."""

    def take(access: Access, known: Known, signing: Signing) -> ActId:
        if signing.signature:
            raise FormWrong("signed")  # No paper of the node's holds it: the desk keeps its own.
        wording = consent_form.wording(request)
        return acts.refuse_emergencies(access, known.patient, wording, signing)

    shown = {"no_pad": True, "respected": wishes.respected(access_of(request, acts.CONSENT))}
    return _signed(request, "desk/emergency.html", take, shown)


@require_safe
@viewing.for_action("register-consent", ROOM)
def receipt(request: HttpRequest, act: UUID) -> HttpResponse:
    """What the patient takes home, to print."""
    access, known = _served(request, acts.LOOK)
    proof = consent_proof.at_desk(access, known.patient, act) if known else None
    if known is None or proof is None:
        raise Http404
    return render(
        request, "desk/receipt.html", {"receipt": presenters.receipt(known, proof, _text())}
    )


@require_safe
@viewing.for_action("register-consent", ROOM)
def receipt_pdf(request: HttpRequest, act: UUID) -> HttpResponse:
    """The same as a PDF, with the signature's picture."""
    access, known = _served(request, acts.LOOK)
    proof = consent_proof.at_desk(access, known.patient, act) if known else None
    if known is None or proof is None:
        raise Http404
    press: Press = settings.PRESS
    shown = presenters.receipt(known, proof, _text())
    content = press.print(presenters.paper(shown, proof, proof.signature))
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": 'attachment; filename="receipt.pdf"',
            "Cache-Control": "no-store",
        },
    )


def _signed(
    request: HttpRequest,
    template: str,
    take: Callable[[Access, Known, Signing], ActId],
    shown: Mapping[str, object],
) -> HttpResponse:
    """A page with a text and a signature: shown, or taken and answered with its receipt."""
    access, known = _served(request, acts.CONSENT)
    if known is None:
        return redirect("desk")
    refused = ""
    if request.method == "POST":
        try:
            act = take(access, known, forms.signing(request))
        except FormWrong as wrong:
            refused = str(presenters.FIELDS[wrong.field])
        except ConsentRefused as refusal:
            refused = str(_WORDS.get(type(refusal), _WORDS[ConsentRefused]))
        else:
            return redirect("desk-receipt", act)
    text = _text()
    page = {
        "person": presenters.person(known),
        "text": text,
        "boxes": consent_form.boxes(request, text),
        "identities": presenters.identities(),
        "authorities": presenters.authorities(),
        "staff": staff.own_name(access.caller),
        "given": request.POST,
        "refused": refused,
        **shown,
    }
    return render(request, template, page, status=422 if refused else 200)


def _served(request: HttpRequest, transaction: str) -> tuple[Access, Known | None]:
    """The access, and who is served; None where nobody is, or somebody of another institution."""
    access, chosen = access_of(request, transaction), request.session.get(PATIENT)
    return access, reception.known(access, UUID(chosen)) if chosen else None


def _found(access: Access, request: HttpRequest) -> tuple[Known, ...]:
    number = forms.text(request.POST, "number", needed=False)
    if number:
        return reception.by_number(access, number)
    name, born = forms.text(request.POST, "name"), forms.born(request.POST)
    return reception.by_name(access, name, born)


def _text() -> ConsentText:
    return texts.of(get_language() or "ko", on=today(now()))


def _until(request: HttpRequest) -> date | None:
    try:
        return consent_form.day(request.POST.get("until", ""))
    except ValueError:
        raise ConsentRefused("the last day is no day") from None


def _chosen(request: HttpRequest, by: str) -> tuple[Exclusion, ...]:
    return consent_choices.chosen(
        by,
        department=request.POST.get("department", ""),
        institution=request.POST.get("institution", ""),
        sides=request.POST.getlist("side"),
        on=today(now()),
        domain=settings.AFFINITY_DOMAIN,
    )
