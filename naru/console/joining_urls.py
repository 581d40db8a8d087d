from django.urls import path

from naru.console import joining_views as views

urlpatterns = [
    path("console/joining", views.inbox, name="joining"),
    path("console/joining/recruit", views.recruit, name="joining-recruit"),
    path("console/joining/<uuid:key>", views.case, name="joining-case"),
    path("console/joining/<uuid:key>/record", views.record, name="joining-record"),
    path("console/joining/<uuid:key>/sign", views.sign, name="joining-sign"),
    path("console/joining/<uuid:key>/return", views.give_back, name="joining-return"),
    path("console/joining/<uuid:key>/close", views.close, name="joining-close"),
    path("console/joining/<uuid:key>/certificate", views.certify, name="joining-certify"),
    path("console/joining/<uuid:key>/paper/<uuid:sheet>", views.paper, name="joining-paper"),
    path("console/spokes", views.spokes, name="spokes"),
    path("console/spokes/switch", views.switch, name="spokes-switch"),
]
