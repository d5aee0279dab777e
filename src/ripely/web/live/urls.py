"""Addresses of the live stream."""

from django.urls import path

from ripely.web.live import pages

urlpatterns = [
    path("", pages.show, name="live-show"),
    path("live/events/", pages.events, name="live-events"),
    path("live/today/", pages.today, name="live-today"),
]
