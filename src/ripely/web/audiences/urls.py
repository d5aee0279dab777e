"""Addresses of the parts of audiences."""

from django.urls import path

from ripely.web.audiences import pages

urlpatterns = [
    path("<str:kind>/<str:key>/<str:name>/", pages.part, name="audience-part"),
]
