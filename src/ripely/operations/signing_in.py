"""How many wrong passwords are allowed: a few for one address, more for one network."""

from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from ripely.records.accounts.models import FailedSignIn, User

WINDOW = timedelta(minutes=15)
PER_EMAIL_MAX = 8
PER_NETWORK_MAX = 40
EMAIL_LENGTH_MAX = 254


def too_many(email: str, network: str, now: datetime) -> bool:
    recent = FailedSignIn.objects.filter(at__gt=now - WINDOW)
    return (
        recent.filter(email=_key(email)).count() >= PER_EMAIL_MAX
        or recent.filter(network=network).count() >= PER_NETWORK_MAX
    )


def failed(email: str, network: str, now: datetime) -> None:
    FailedSignIn.objects.filter(at__lt=now - WINDOW).delete()
    FailedSignIn.objects.create(email=_key(email), network=network, at=now)


class RefusedError(Exception):
    """An account that cannot be made, and why."""


def create_user(email: str, password: str, name: str = "", *, operator: bool = False) -> User:
    """Make an account; an operator may also see the system and change the settings."""
    try:
        validate_email(email)
        validate_password(password)
    except ValidationError as wrong:
        raise RefusedError(" ".join(wrong.messages)) from None
    if User.objects.filter(email=_key(email)).exists():
        raise RefusedError(f"{email} has an account already.")
    return User.objects.create_user(
        email, password, name=name, is_staff=operator, is_superuser=operator
    )


def _key(email: str) -> str:
    return email.replace("\x00", "").strip().lower()[:EMAIL_LENGTH_MAX]
