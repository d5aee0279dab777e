"""Registers the data plane's tables with Django."""

from django.apps import AppConfig


class HotConfig(AppConfig):
    name = "ripely.records.hot"
    label = "hot"
