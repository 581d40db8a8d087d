"""Staff, apps, and the accounts that wait for a steward."""

from django.urls import path

from naru.console import client_views, staff_views

urlpatterns = [
    path("console/staff", staff_views.listed, name="console-staff"),
    path("console/staff/invite", staff_views.invite, name="console-staff-invite"),
    path("console/staff/end", staff_views.end, name="console-staff-end"),
    path("console/clients", client_views.listed, name="console-clients"),
    path("console/clients/register", client_views.register, name="console-client-register"),
    path("console/clients/suspend", client_views.suspend, name="console-client-suspend"),
    path("console/links", client_views.links, name="console-links"),
    path("console/links/settle", client_views.settle, name="console-link-settle"),
]
