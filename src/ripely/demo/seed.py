"""Fills an installation with the demo company, once: login, write key, definitions, three months of visits."""

import msgspec
from django.db import transaction

from ripely.demo.company import (
    LOGIN,
    NAME,
    SEED,
    WRITE_KEY,
    password,
)
from ripely.demo.documents import documents
from ripely.demo.past import past
from ripely.operations.publishing.definitions import apply
from ripely.ports import Clock, Intake, Rulesets
from ripely.records.accounts.models import User
from ripely.records.hot.models import WriteKey
from ripely.runtime.collect import Reader, Sender
from ripely.runtime.segment import BATCH_EVENTS_MAX
from ripely.settings import Settings
from ripely.wiring import App


def seed(app: App) -> bool:
    """Return whether there was anything to do: what a person has changed since, stays."""
    # The key is kept last. A seed that was interrupted begins again, and what it repeats counts once.
    with transaction.atomic():
        _, is_new = WriteKey.objects.get_or_create(key=WRITE_KEY, defaults={"source": NAME})
        if is_new:
            _create_login(app.settings)
            _publish(app.settings, app.rulesets)
            _remember(app.settings, app.intake, app.clock)
    return is_new


def _create_login(settings: Settings) -> None:
    if not User.objects.filter(email=LOGIN).exists():
        User.objects.create_superuser(LOGIN, password(settings.secret), name="Demo")


def _publish(settings: Settings, rulesets: Rulesets) -> None:
    outcome = apply(documents(settings.base_url), LOGIN, rulesets, settings.timezone)
    assert not outcome.plan.errors, outcome.plan.errors


def _remember(settings: Settings, intake: Intake, clock: Clock) -> None:
    """Take in the past in the words of the tracker and of a server, as an import of a customer's own would."""
    now = clock.now()
    calls = list(past(SEED, now, f"{settings.base_url}/shop"))
    sender = Sender(round(now.timestamp() * 1000), NAME, historical=True, trusted=True)
    for start in range(0, len(calls), BATCH_EVENTS_MAX):
        batch = {"batch": calls[start : start + BATCH_EVENTS_MAX]}
        reading = Reader().batch(msgspec.json.encode(batch), sender)
        assert not reading.refusals, reading.refusals
        intake.take(reading.arrivals)
