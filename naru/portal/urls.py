from django.urls import path

from naru.portal import (
    access_views,
    consent_views,
    document_views,
    mandate_views,
    notice_views,
    views,
)

urlpatterns = [
    path("portal", views.home, name="portal"),
    path("portal/accesses", access_views.accesses, name="portal-accesses"),
    path("portal/accesses/question", access_views.question, name="portal-accesses-question"),
    path("portal/notices", notice_views.inbox, name="portal-notices"),
    path("portal/notices/read", notice_views.read, name="portal-notices-read"),
    path("portal/notices/preferences", notice_views.prefer, name="portal-notices-prefer"),
    path("portal/representatives", mandate_views.representatives, name="portal-representatives"),
    path("portal/representatives/give", mandate_views.give, name="portal-mandate-give"),
    path("portal/representatives/end", mandate_views.end, name="portal-mandate-end"),
    path("portal/representatives/code", mandate_views.code, name="portal-code"),
    path("portal/wishes", mandate_views.chosen, name="portal-wishes"),
    path("portal/wishes/narrow", mandate_views.narrow, name="portal-wishes-narrow"),
    path("portal/wishes/widen", mandate_views.widen, name="portal-wishes-widen"),
    path("portal/consent", consent_views.consent, name="portal-consent"),
    path("portal/consent/withdraw", consent_views.withdraw, name="portal-consent-withdraw"),
    path("portal/consent/give", consent_views.give, name="portal-consent-give"),
    path("portal/consent/part/<str:by>", consent_views.part, name="portal-consent-part"),
    path("portal/consent/documents", consent_views.documents, name="portal-consent-documents"),
    path("portal/document", document_views.open_one, name="portal-document"),
    path("portal/consent/hide", consent_views.hide, name="portal-consent-hide"),
    path("portal/consent/lift", consent_views.lift, name="portal-consent-lift"),
    path("portal/consent/paper", consent_views.paper, name="portal-consent-paper"),
    path("portal/consent/acts", consent_views.history, name="portal-consent-acts"),
    path("portal/consent/acts/<uuid:act>", consent_views.one_act, name="portal-consent-act"),
    path(
        "portal/consent/acts/<uuid:act>/object",
        consent_views.object_to,
        name="portal-consent-object",
    ),
    path(
        "portal/consent/acts/<uuid:act>/<str:part_of>.xml",
        consent_views.signed,
        name="portal-consent-signed",
    ),
]
