"""Ports kept with PostgreSQL. Statements live in `sql/`, tables in `schema/`."""
