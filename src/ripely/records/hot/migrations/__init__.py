"""One thin migration for each file in `adapters/postgres/schema/`."""
