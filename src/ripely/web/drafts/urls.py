"""Addresses of drafts."""

from django.urls import path

from ripely.web.drafts import pages

urlpatterns = [
    path("", pages.index, name="draft-list"),
    path("new/", pages.begin, name="draft-new"),
    path("<str:kind>/<str:key>/", pages.edit, name="draft-edit"),
    path("<str:kind>/<str:key>/check/", pages.look, name="draft-check"),
    path("<str:kind>/<str:key>/drop/", pages.drop, name="draft-drop"),
    path("<str:kind>/<str:key>/publish/", pages.put_in_force, name="draft-publish"),
]
