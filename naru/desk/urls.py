from django.urls import path

from naru.desk import views

urlpatterns = [
    path("desk", views.desk, name="desk"),
    path("desk/register", views.register, name="desk-register"),
    path("desk/choose", views.choose, name="desk-choose"),
    path("desk/patient", views.patient, name="desk-patient"),
    path("desk/reception", views.receive, name="desk-reception"),
    path("desk/consent", views.consent, name="desk-consent"),
    path("desk/withdraw", views.withdraw, name="desk-withdraw"),
    path("desk/part/<str:by>", views.part, name="desk-part"),
    path("desk/document", views.document, name="desk-document"),
    path("desk/emergency", views.emergency, name="desk-emergency"),
    path("desk/receipt/<uuid:act>", views.receipt, name="desk-receipt"),
    path("desk/receipt/<uuid:act>.pdf", views.receipt_pdf, name="desk-receipt-pdf"),
]
