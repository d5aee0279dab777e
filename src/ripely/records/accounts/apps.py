"""Registers the accounts with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ripely.records.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
