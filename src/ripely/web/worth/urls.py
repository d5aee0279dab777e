"""Addresses of what a journey is reckoned to bring."""

from django.urls import path

from ripely.web.worth import pages

urlpatterns = [
    path("<str:key>/worth/", pages.show, name="journey-worth"),
    path("<str:key>/worth/reckon/", pages.reckon, name="journey-worth-reckon"),
    path("<str:key>/worth/forecast/", pages.forecast, name="journey-worth-forecast"),
    path("<str:key>/worth/keep/", pages.keep, name="journey-worth-keep"),
]
