"""Addresses of the ledger."""

from django.urls import path

from ripely.web.messages import pages

urlpatterns = [path("", pages.index, name="message-list")]
