"""Addresses of the operator's page."""

from django.urls import path

from ripely.web.system import pages

urlpatterns = [
    path("", pages.show, name="system-show"),
    path("take-over/", pages.take_over, name="system-take-over"),
    path("quarantine/<str:code>/resume/", pages.resume, name="system-resume"),
]
