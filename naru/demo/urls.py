from django.urls import path

from naru.demo import outside_views, story_views, switcher_views, views

urlpatterns = [
    path("", views.page, name="front"),
    path("demo", views.page, name="demo"),
    path("demo/consent", views.consent, name="demo-consent"),
    path("demo/open", views.open_one, name="demo-open"),
    path("demo/stories", story_views.stories, name="demo-stories"),
    path("demo/outside", outside_views.outside_world, name="demo-outside"),
    path("demo/be", switcher_views.be, name="demo-be"),
    path("demo/view-as", views.view_as, name="demo-view-as"),
]
