from django.urls import path

from naru.clinic import emergency_views, history_views, views

urlpatterns = [
    path("clinic", views.first_view, name="clinic"),
    path("clinic/patient", views.choose, name="clinic-patient"),
    path("clinic/history", history_views.past_history, name="clinic-history"),
    path("clinic/open", views.open_one, name="clinic-open"),
    path("clinic/emergency", emergency_views.emergency, name="clinic-emergency"),
    path("clinic/emergency/end", emergency_views.end, name="clinic-emergency-end"),
]
