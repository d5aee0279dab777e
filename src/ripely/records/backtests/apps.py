"""Registers backtests with Django."""

from django.apps import AppConfig


class BacktestsConfig(AppConfig):
    name = "ripely.records.backtests"
    label = "backtests"
    default_auto_field = "django.db.models.BigAutoField"
