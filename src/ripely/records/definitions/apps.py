"""Registers the versions of definitions with Django."""

from django.apps import AppConfig


class DefinitionsConfig(AppConfig):
    name = "ripely.records.definitions"
    label = "definitions"
    default_auto_field = "django.db.models.BigAutoField"
