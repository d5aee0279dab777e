"""Addresses of the settings."""

from django.urls import path

from ripely.web.workspace import pages

urlpatterns = [
    path("", pages.show, name="workspace-show"),
    path("keys/", pages.create_key, name="workspace-key-create"),
    path("keys/<str:key>/revoke/", pages.revoke_key, name="workspace-key-revoke"),
]
