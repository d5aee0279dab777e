"""The composition root: the one place where ports meet technology."""

from ripely.adapters.postgres.cluster import DatabaseError
from ripely.adapters.postgres.database import open_database

__all__ = ["DatabaseError", "open_database"]
