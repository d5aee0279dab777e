"""Editing a journey or a segment as its document."""
