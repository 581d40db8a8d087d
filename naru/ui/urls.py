from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from naru.ui import views

urlpatterns = [
    path("language", require_POST(set_language), name="language"),
    path("display", views.show_as, name="display"),
]
