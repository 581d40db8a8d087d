from django.urls import path

from naru.portal import views

urlpatterns = [
    path("portal", views.home, name="portal"),
    path("portal/consent", views.consent, name="portal-consent"),
    path("portal/consent/paper", views.paper, name="portal-consent-paper"),
]
