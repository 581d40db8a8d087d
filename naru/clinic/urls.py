from django.urls import path

from naru.clinic import (
    booking_views,
    emergency_views,
    hira_views,
    history_views,
    schedule_views,
    views,
)

urlpatterns = [
    path("clinic", views.first_view, name="clinic"),
    path("clinic/patient", views.choose, name="clinic-patient"),
    path("clinic/history", history_views.past_history, name="clinic-history"),
    path("clinic/open", views.open_one, name="clinic-open"),
    path("clinic/emergency", emergency_views.emergency, name="clinic-emergency"),
    path("clinic/emergency/end", emergency_views.end, name="clinic-emergency-end"),
    path("clinic/appointments", booking_views.diary, name="clinic-appointments"),
    path("clinic/appointments/find", booking_views.find, name="clinic-appointments-find"),
    path("clinic/appointments/book", booking_views.book, name="clinic-appointments-book"),
    path("clinic/appointments/<uuid:appointment>", booking_views.one, name="clinic-appointment"),
    path(
        "clinic/appointments/<uuid:appointment>/<str:what>",
        booking_views.change,
        name="clinic-appointment-change",
    ),
    path("clinic/schedules", schedule_views.schedules, name="clinic-schedules"),
    path("clinic/schedules/new", schedule_views.new, name="clinic-schedule-new"),
    path("clinic/schedules/<uuid:schedule>", schedule_views.edit, name="clinic-schedule"),
    path("clinic/referrals/<uuid:referral>/hira", hira_views.file, name="clinic-hira"),
    path("clinic/referrals/<uuid:referral>/hira/state", hira_views.state, name="clinic-hira-state"),
    path("clinic/referrals/<uuid:referral>/hira/proof", hira_views.prove, name="clinic-hira-proof"),
    path(
        "clinic/referrals/<uuid:referral>/hira/<str:what>",
        hira_views.hand_over,
        name="clinic-hira-hand-over",
    ),
    path("clinic/billing", hira_views.month, name="clinic-billing"),
    path("clinic/billing/verify", hira_views.verify, name="clinic-claim-verify"),
]
