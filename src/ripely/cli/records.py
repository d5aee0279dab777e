"""The records that Django keeps, made usable for a command."""

from ripely.settings import export


def load_django() -> None:
    """Load Django. Only once the database is there, because its settings read the database's address."""
    export("DJANGO_SETTINGS_MODULE", "ripely.web.settings")
    import django

    django.setup()
