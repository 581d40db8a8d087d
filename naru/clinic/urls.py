from django.urls import path

from naru.clinic import views

urlpatterns = [
    path("clinic", views.first_view, name="clinic"),
    path("clinic/patient", views.choose, name="clinic-patient"),
    path("clinic/open", views.open_one, name="clinic-open"),
]
