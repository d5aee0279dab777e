"""Addresses of what history shows of the whole."""

from django.urls import path

from ripely.web.insights import pages

urlpatterns = [
    path("suggestions/", pages.by_hand, name="suggestion-list"),
    path("suggestions/<str:key>/draft/", pages.draft, name="suggestion-draft"),
    path("timing/", pages.timing, name="timing-show"),
    path("held/", pages.held_back, name="held-show"),
    path("results/", pages.results, name="result-show"),
]
