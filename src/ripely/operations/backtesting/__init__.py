"""Backtests: asked for, worked at, told, and made into a specification."""
