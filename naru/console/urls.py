from django.urls import path

from naru.console import views

urlpatterns = [path("console", views.overview, name="console")]
