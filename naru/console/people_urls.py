"""Staff, apps, and accounts: those that wait for a steward, and those that are blocked."""

from django.urls import path

from naru.console import account_views, client_views, service_views, staff_views

urlpatterns = [
    path("console/staff", staff_views.listed, name="console-staff"),
    path("console/staff/invite", staff_views.invite, name="console-staff-invite"),
    path("console/staff/end", staff_views.end, name="console-staff-end"),
    path("console/clients", client_views.listed, name="console-clients"),
    path("console/clients/register", client_views.register, name="console-client-register"),
    path("console/clients/suspend", client_views.suspend, name="console-client-suspend"),
    path("console/clients/services", service_views.register, name="console-service"),
    path("console/clients/services/keys", service_views.rotate, name="console-service-keys"),
    path("console/clients/services/suspend", service_views.suspend, name="console-service-suspend"),
    path("console/links", client_views.links, name="console-links"),
    path("console/links/settle", client_views.settle, name="console-link-settle"),
    path("console/accounts", account_views.find, name="console-accounts"),
    path("console/accounts/<uuid:account>", account_views.state, name="console-account"),
    path(
        "console/accounts/<uuid:account>/block", account_views.block, name="console-account-block"
    ),
    path(
        "console/accounts/<uuid:account>/open",
        account_views.open_again,
        name="console-account-open",
    ),
]
