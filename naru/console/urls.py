from django.urls import include, path

from naru.console import (
    call_views,
    delivery_views,
    emergency_views,
    inbox_views,
    notice_views,
    received_views,
    review_views,
    role_views,
    standing_views,
    statutory_views,
    terminology_views,
    ticket_views,
    upload_views,
    views,
    withdrawal_views,
)

urlpatterns = [
    path("console", views.overview, name="console"),
    path("console/notices", notice_views.deliveries, name="console-notices"),
    path("console/accesses", review_views.month, name="console-review"),
    path("console/accesses/sign", review_views.sign, name="console-review-sign"),
    path("console/accesses/export", review_views.export, name="console-review-export"),
    path("console/accesses/watch", review_views.watch, name="console-review-watch"),
    path("console/accesses/inbox", inbox_views.of_officers, name="console-review-inbox"),
    path(
        "console/accesses/inbox/read",
        inbox_views.read_by_officer,
        name="console-review-inbox-read",
    ),
    path("console/inbox", inbox_views.inbox, name="console-inbox"),
    path("console/inbox/read", inbox_views.read, name="console-inbox-read"),
    path("console/terminology", terminology_views.tables, name="console-terminology"),
    path("console/terminology/check", upload_views.check, name="console-terminology-check"),
    path("console/terminology/<uuid:upload>", upload_views.one, name="console-terminology-upload"),
    path(
        "console/terminology/<uuid:upload>/load",
        upload_views.load,
        name="console-terminology-load",
    ),
    path("console/tickets", ticket_views.waiting, name="console-tickets"),
    path("console/tickets/<uuid:ticket>", ticket_views.one, name="console-ticket"),
    path("console/tickets/<uuid:ticket>/answer", ticket_views.answer, name="console-ticket-answer"),
    path("console/calls", call_views.desk, name="console-calls"),
    path("console/calls/ticket", call_views.ticket, name="console-call-ticket"),
    path("console/deliveries", delivery_views.inbox, name="console-deliveries"),
    path("console/deliveries/<uuid:submission>", delivery_views.one, name="console-delivery"),
    path(
        "console/deliveries/<uuid:submission>/open",
        delivery_views.open_one,
        name="console-delivery-open",
    ),
    path("console/withdrawals", withdrawal_views.withdrawals, name="console-withdrawals"),
    path("console/withdrawals/<uuid:case>", withdrawal_views.note, name="console-withdrawal-note"),
    path("console/emergencies", emergency_views.waiting, name="console-emergencies"),
    path(
        "console/emergencies/<uuid:case>", emergency_views.decide, name="console-emergency-decide"
    ),
    path("console/statutory", statutory_views.cases, name="console-statutory"),
    path("console/statutory/demand", statutory_views.demand, name="console-statutory-demand"),
    path(
        "console/statutory/<uuid:case>/release",
        statutory_views.release,
        name="console-statutory-release",
    ),
    path(
        "console/statutory/<uuid:case>/refuse",
        statutory_views.refuse,
        name="console-statutory-refuse",
    ),
    path("console/statutory/<uuid:case>/end", statutory_views.end, name="console-statutory-end"),
    path("console/standing", standing_views.find, name="console-standing"),
    path("console/standing/<uuid:patient>", standing_views.noted, name="console-standing-patient"),
    path(
        "console/standing/<uuid:patient>/guardian",
        standing_views.guardian,
        name="console-standing-guardian",
    ),
    path("console/standing/<uuid:patient>/end", standing_views.end, name="console-standing-end"),
    path(
        "console/standing/<uuid:patient>/abuse", standing_views.abuse, name="console-standing-abuse"
    ),
    path(
        "console/standing/<uuid:patient>/death", standing_views.death, name="console-standing-death"
    ),
    path("console/audit", role_views.auditor, name="console-audit"),
    path("console/programmes", role_views.researcher, name="console-programmes"),
    path("console/vendor", role_views.vendor, name="console-vendor"),
    path("console/received", received_views.received, name="console-received"),
    path("", include("naru.console.joining_urls")),
    path("", include("naru.console.operation_urls")),
    path("", include("naru.console.people_urls")),
    path("", include("naru.console.matching_urls")),
]
