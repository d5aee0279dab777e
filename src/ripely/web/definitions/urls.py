"""Addresses of definitions."""

from django.urls import path

from ripely.web.definitions import pages

urlpatterns = [
    path("", pages.index, name="definition-list"),
    path("<str:kind>/<str:key>/", pages.show, name="definition-show"),
    path("<str:kind>/<str:key>/<int:number>/", pages.roll_back, name="definition-rollback"),
]
