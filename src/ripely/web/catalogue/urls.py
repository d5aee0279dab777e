"""Addresses of the catalogues."""

from django.urls import path

from ripely.web.catalogue import pages

urlpatterns = [
    path("triggers/", pages.triggers, name="trigger-list"),
    path("events/", pages.events, name="event-list"),
]
