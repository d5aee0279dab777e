"""History in a ClickHouse server."""
