"""Addresses of contacts."""

from django.urls import path

from ripely.web.contacts import asking, pages

urlpatterns = [
    path("", pages.index, name="contact-list"),
    path("<str:code>/", pages.show, name="contact-show"),
    path("<str:code>/timeline/", pages.older, name="contact-timeline"),
    path("<str:code>/start/", pages.start, name="contact-start"),
    path("<str:code>/why/", asking.ask, name="contact-why"),
    path("<str:code>/pulse/", pages.pulse, name="contact-pulse"),
]
