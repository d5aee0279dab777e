"""Addresses of scores."""

from django.urls import path

from ripely.web.scores import pages

urlpatterns = [
    path("", pages.index, name="score-list"),
    path("<str:key>/", pages.show, name="score-show"),
]
