from django.conf import settings
from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from naru.ui import gallery, installing, views

urlpatterns = [
    path("language", require_POST(set_language), name="language"),
    path("display", views.show_as, name="display"),
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("service-worker.js", installing.service_worker, name="service-worker"),
    path("offline", installing.offline, name="offline"),
    *(
        [path("gallery", gallery.gallery, name="gallery")]
        if settings.NARU.sandbox or settings.NARU.demo
        else []
    ),
]
