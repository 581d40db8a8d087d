from django.urls import path

from naru.clinic import (
    booking_views,
    choosing,
    emergency_views,
    history_views,
    import_views,
    letter_views,
    referral_views,
    schedule_views,
    views,
)

urlpatterns = [
    path("clinic/referrals", referral_views.inbox, name="clinic-referrals"),
    path("clinic/referrals/sent", referral_views.sent, name="clinic-referrals-sent"),
    path("clinic/referrals/new", referral_views.compose, name="clinic-referral-new"),
    path("clinic/referrals/<uuid:referral>", referral_views.one, name="clinic-referral"),
    path("clinic/referrals/<uuid:referral>/act", referral_views.act, name="clinic-referral-act"),
    path(
        "clinic/referrals/<uuid:referral>/forward",
        referral_views.forward,
        name="clinic-referral-forward",
    ),
    path(
        "clinic/referrals/<uuid:referral>/paper",
        referral_views.paper,
        name="clinic-referral-paper",
    ),
    path(
        "clinic/referrals/<uuid:referral>/<str:kind>",
        referral_views.answer,
        name="clinic-referral-answer",
    ),
    path("letter", letter_views.letter, name="letter"),
    path("clinic", views.first_view, name="clinic"),
    path("clinic/patient", choosing.choose, name="clinic-patient"),
    path("clinic/check", views.check, name="clinic-check"),
    path("clinic/documents", views.documents, name="clinic-documents"),
    path("clinic/import", import_views.import_record, name="clinic-import"),
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
]
