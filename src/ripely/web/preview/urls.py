"""Addresses of previews."""

from django.urls import path

from ripely.web.preview import pages

urlpatterns = [
    path("<str:key>/preview/", pages.show, name="journey-preview"),
    path("<str:key>/preview/begin/", pages.begin, name="journey-preview-begin"),
    path("<str:key>/preview/choose/", pages.choose, name="journey-preview-choose"),
    path("<str:key>/preview/letter/<int:number>/", pages.letter, name="journey-preview-letter"),
    path("<str:key>/preview/done/", pages.done, name="journey-preview-done"),
    path("<str:key>/preview/send/", pages.send, name="journey-preview-send"),
    path("<str:key>/preview/story/", pages.story, name="journey-preview-story"),
]
