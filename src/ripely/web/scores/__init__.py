"""Scores: what gives points, and how ripe contacts are."""
