"""Addresses of the demo's mailbox."""

from django.urls import path

from ripely.web.mailbox import pages

urlpatterns = [
    path("", pages.index, name="mail-list"),
    path("<int:number>/", pages.show, name="mail-show"),
    path("<int:number>/body/", pages.body, name="mail-body"),
]
