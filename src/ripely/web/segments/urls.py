"""Addresses of segments."""

from django.urls import path

from ripely.web.segments import pages

urlpatterns = [
    path("", pages.index, name="segment-list"),
    path("<str:key>/", pages.show, name="segment-show"),
]
