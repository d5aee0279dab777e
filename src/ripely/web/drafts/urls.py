"""Addresses of drafts."""

from django.urls import path

from ripely.web.drafts import pages

urlpatterns = [
    path("", pages.index, name="definition-draft-list"),
    path("new/", pages.begin, name="definition-draft-new"),
    path("<str:kind>/<str:key>/", pages.edit, name="definition-draft"),
    path("<str:kind>/<str:key>/check/", pages.look, name="definition-draft-check"),
    path("<str:kind>/<str:key>/drop/", pages.drop, name="definition-draft-drop"),
    path("<str:kind>/<str:key>/publish/", pages.put_in_force, name="definition-draft-publish"),
]
