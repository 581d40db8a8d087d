from django.urls import path

from naru.public import (
    faq_views,
    finder_views,
    leaflet_views,
    participation_views,
    privacy_views,
    statistics_views,
)

urlpatterns = [
    path("find", finder_views.find, name="find"),
    path("participants", participation_views.participants, name="participants"),
    path("participants/rows.csv", participation_views.rows_csv, name="participants-csv"),
    path("participants/rows.json", participation_views.rows_json, name="participants-json"),
    path("statistics", statistics_views.statistics, name="statistics"),
    path("statistics/open.csv", statistics_views.open_csv, name="statistics-csv"),
    path("statistics/open.json", statistics_views.open_json, name="statistics-json"),
    path("statistics/dictionary.json", statistics_views.dictionary, name="statistics-dictionary"),
    path("faq", faq_views.faq, name="faq"),
    path("privacy", privacy_views.privacy, name="privacy"),
    path("leaflet", leaflet_views.leaflet, name="leaflet"),
]
