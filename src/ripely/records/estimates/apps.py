"""Registers the estimates of journeys with Django."""

from django.apps import AppConfig


class EstimatesConfig(AppConfig):
    name = "ripely.records.estimates"
    label = "estimates"
    default_auto_field = "django.db.models.BigAutoField"
