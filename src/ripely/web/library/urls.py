"""Addresses of the library."""

from django.urls import path

from ripely.web.library import pages

urlpatterns = [
    path("", pages.index, name="library-list"),
    path("<str:key>/", pages.show, name="library-show"),
    path("<str:key>/use/", pages.use, name="library-use"),
]
