"""How the exchange goes: for the operator all of it, for a hub and an institution their part."""

from django.urls import path

from naru.console import dead_letter_views, operation_views, statistics_views

urlpatterns = [
    path("console/operations", operation_views.operations, name="console-operations"),
    path("console/errors", operation_views.errors, name="console-errors"),
    path("console/capacity", operation_views.capacity, name="console-capacity"),
    path("console/consent-texts", operation_views.consent_texts, name="console-consent-texts"),
    path("console/dead", dead_letter_views.not_done, name="console-dead"),
    path("console/dead/replay", dead_letter_views.replay, name="console-dead-replay"),
    path("console/dead/give-up", dead_letter_views.give_up, name="console-dead-give-up"),
    path("console/dead/notices", dead_letter_views.retry, name="console-dead-notices"),
    path(
        "console/dead/notices/give-up",
        dead_letter_views.give_up_notice,
        name="console-dead-notice-give-up",
    ),
    path("console/policy", statistics_views.policy, name="console-policy"),
    path("console/report", statistics_views.report, name="console-report"),
    path("console/report/csv", statistics_views.report_csv, name="console-report-csv"),
    path("console/report/json", statistics_views.report_json, name="console-report-json"),
]
