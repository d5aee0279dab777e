"""Segments: who is in, and by what rule."""
