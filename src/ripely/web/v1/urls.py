"""Addresses of what other systems may ask; whatever `api/asgi.py` does not answer itself comes here."""

from django.urls import URLPattern, re_path

from ripely.web.v1 import (
    audiences,
    backtests,
    contacts,
    definitions,
    document,
    insights,
    journeys,
    preview,
    why,
    worth,
)
from ripely.web.v1.answering import addresses, nothing_here
from ripely.web.v1.endpoint import ENDPOINTS

ANSWERING = (
    definitions, contacts, why, audiences, journeys, preview, worth, backtests, insights, document,
)  # fmt: skip
"""Loaded, each of them has added its endpoints."""

urlpatterns: list[URLPattern] = [
    *addresses(ENDPOINTS),
    re_path("", nothing_here, name="v1-nothing"),
]
