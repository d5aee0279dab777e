"""Addresses of the ledger."""

from django.urls import path

from ripely.web.messages import pages

urlpatterns = [
    path("", pages.index, name="message-list"),
    path("<str:key>/late/", pages.answer_late, name="message-late"),
]
