import subprocess
import sys

import psycopg

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def test_a_new_database_gets_the_tables_of_both_planes(empty_database_url, monkeypatch):
    assert tables(empty_database_url) == set()
    run_migrate(empty_database_url, monkeypatch)
    assert {"log", "profiles", "outbox", "accounts_user"} <= tables(empty_database_url)


def test_migrating_twice_changes_nothing(database_url, monkeypatch):
    before = tables(database_url)
    run_migrate(database_url, monkeypatch)
    assert tables(database_url) == before


def test_two_machines_may_migrate_at_once(empty_database_url, monkeypatch):
    both = [start_migrate(empty_database_url, monkeypatch) for _ in range(2)]
    assert [finish(process) for process in both] == [0, 0]


def test_the_models_are_what_the_migrations_make(django_database):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_server_that_is_not_there_is_named_in_a_sentence(monkeypatch):
    process = start_migrate("postgresql:///ripely?host=/nowhere", monkeypatch)
    _, error = process.communicate()
    assert process.returncode == 1
    assert error.startswith("Error: DATABASE_URL cannot be reached:")


def test_each_test_has_a_database_of_its_own_in_django_too(django_database):
    from ripely.records.accounts.models import User

    assert User.objects.count() == 0
    User.objects.create_user("ann@example.com", "secret")
    with psycopg.connect(django_database) as connection:
        assert connection.execute("SELECT email FROM accounts_user").fetchall() == [
            ("ann@example.com",)
        ]


def run_migrate(url, monkeypatch):
    assert finish(start_migrate(url, monkeypatch)) == 0


def finish(process):
    process.communicate()
    return process.returncode


def start_migrate(url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url)
    command = [sys.executable, "-m", "ripely.cli.main", "migrate"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def tables(url):
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute(TABLES)}
