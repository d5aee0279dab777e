"""The pages on a real database, and the browsers that look at them."""

import msgspec
import pytest

from happenings import LOGIN, PASSWORD, Stopped, World
from ripely.settings import read_settings
from ripely.wiring import assemble


@pytest.fixture
def app(django_database, monkeypatch):
    with assemble(read_settings(), django_database) as whole:
        stopped = msgspec.structs.replace(
            whole, clock=Stopped(), settings=msgspec.structs.replace(whole.settings, demo=True)
        )
        # The product is assembled once a process; each test has its own.
        monkeypatch.setattr("ripely.web.middleware.app", lambda: stopped)
        monkeypatch.setattr("ripely.web.accounts.forms.app", lambda: stopped)
        yield stopped


@pytest.fixture
def world(app):
    return World(app)


@pytest.fixture
def visitor(app):
    """A browser in which nobody is signed in."""
    from django.test import Client

    return Client()


@pytest.fixture
def client(visitor):
    """A browser in which Ann, who runs the system, is signed in."""
    from ripely.operations.signing_in import create_user

    visitor.force_login(create_user(LOGIN, PASSWORD, "Ann", operator=True))
    return visitor


@pytest.fixture
def colleague(app):
    """A browser in which somebody is signed in who does not run the system."""
    from django.test import Client

    from ripely.operations.signing_in import create_user

    browser = Client()
    browser.force_login(create_user("bob@example.com", PASSWORD, "Bob"))
    return browser
