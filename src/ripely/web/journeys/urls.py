"""Addresses of journeys."""

from django.urls import path

from ripely.web.journeys import pages

urlpatterns = [
    path("", pages.index, name="journey-list"),
    path("<str:key>/", pages.show, name="journey-show"),
]
