"""Accounts made on the command line."""

import pytest
from click.testing import CliRunner

from ripely.cli.createuser import command


def run(*arguments):
    return CliRunner().invoke(command, arguments)


@pytest.fixture
def database(django_database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", django_database)


def test_somebody_can_sign_in_afterwards(database):
    from django.contrib.auth import authenticate

    made = run("Dan@Example.com", "--password", "a long enough one", "--operator")
    assert made.exit_code == 0, made.output
    dan = authenticate(username="dan@example.com", password="a long enough one")
    assert dan is not None
    assert dan.is_staff


@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        ("dan", "a long enough one", "valid email"),
        ("dan@example.com", "short", "too short"),
        ("ann@example.com", "a long enough one", "has an account already"),
    ],
)
def test_what_cannot_be_an_account_is_refused_with_a_sentence(
    database, email, password, reason
):
    run("ann@example.com", "--password", "a long enough one")
    refused = run(email, "--password", password)
    assert refused.exit_code == 1
    assert reason in refused.output
