from django.urls import path

from naru.console import matching_views

urlpatterns = [
    path("console/matching", matching_views.queue, name="console-matching"),
    path("console/matching/<uuid:key>", matching_views.case, name="console-matching-case"),
    path(
        "console/matching/<uuid:key>/decide", matching_views.decide, name="console-matching-decide"
    ),
    path(
        "console/matching/person/<uuid:patient>",
        matching_views.person,
        name="console-matching-person",
    ),
    path(
        "console/matching/person/<uuid:patient>/part",
        matching_views.part,
        name="console-matching-part",
    ),
    path(
        "console/matching/person/<uuid:patient>/merge",
        matching_views.merge,
        name="console-matching-merge",
    ),
]
