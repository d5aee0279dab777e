"""Addresses of tasks."""

from django.urls import path

from ripely.web.tasks import pages

urlpatterns = [
    path("", pages.index, name="task-list"),
    path("<str:key>/outcome/", pages.finish, name="task-finish"),
]
