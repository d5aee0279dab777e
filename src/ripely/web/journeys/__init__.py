"""Journeys with live counters."""
