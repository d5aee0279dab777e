"""Addresses of journeys."""

from django.urls import path

from ripely.web.journeys import pages

urlpatterns = [
    path("", pages.index, name="journey-list"),
    path("<str:key>/", pages.show, name="journey-show"),
    path("<str:key>/paths/", pages.paths, name="journey-paths"),
    path("<str:key>/pause/", pages.pause, name="journey-pause"),
    path("<str:key>/resume/", pages.resume, name="journey-resume"),
    path("<str:key>/winner/", pages.declare_winner, name="journey-winner"),
]
