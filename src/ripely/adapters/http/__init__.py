"""Calls of other systems over HTTP."""
